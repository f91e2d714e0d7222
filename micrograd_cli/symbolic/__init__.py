"""Derivatives as graphs, simplified as a person would write them."""
