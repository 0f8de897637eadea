"""HTTP itself: conditional requests, compression, limits, security headers, errors."""
