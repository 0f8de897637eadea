"""Operation of a running server: readiness, metrics, webhooks."""
