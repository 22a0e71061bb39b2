"""Demarche: feeds in, and one alert for each diplomatic act that one government directs at another."""

__version__ = "0.1.0"
