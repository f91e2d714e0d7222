"""Graphs as trees and pictures."""
