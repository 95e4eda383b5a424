"""The quarterly report: published figures on paper, for people who print."""
