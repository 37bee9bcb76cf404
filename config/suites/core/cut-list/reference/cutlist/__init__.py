"""Plans how pieces are sawn from boards."""
