"""What programs ask: monitors, Prometheus, SendGrid, and whoever signs people up."""
