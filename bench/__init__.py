"""Measures the service against other engines, on generated data of our model. Development only: nothing imports it."""
