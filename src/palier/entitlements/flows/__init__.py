"""Giving, changing and ending what somebody holds."""
