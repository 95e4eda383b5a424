"""Comadre: a messaging assistant for migrant women."""
