"""The practice's folder, and a made-up practice to try the line on."""
