"""What the line knows: tables, the unit of work, migrations, and the vault of originals."""
