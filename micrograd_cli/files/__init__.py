"""Bytes and text in and out."""
