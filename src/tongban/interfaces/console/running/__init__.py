"""Runs the platform on one machine: embedded database, web server, job worker, test suite, gates. Nothing here imports Django."""
