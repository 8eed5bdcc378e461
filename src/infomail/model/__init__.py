"""The values that flow through infomail: frozen, typed, without input or output."""
