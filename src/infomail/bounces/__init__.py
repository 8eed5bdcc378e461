"""Bounces, complaints and requests to leave, as they come by mail or from a provider."""
