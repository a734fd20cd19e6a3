"""The client side of the hub API: signs every call, verifies every answer."""
