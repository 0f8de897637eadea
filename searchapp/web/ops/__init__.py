"""What operators ask of a running server: readiness, metrics, webhooks."""
