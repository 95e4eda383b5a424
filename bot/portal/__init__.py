"""The back office at `/portal`: where an organisation's people keep what women are told true."""
