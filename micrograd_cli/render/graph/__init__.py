"""Graphs as trees and pictures: what `mgrad graph` shows."""
