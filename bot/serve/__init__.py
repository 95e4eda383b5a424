"""The running program: gateway, worker and action endpoint, and what starts and watches them."""
