"""Who helps, where and when: files, tables and search (Open Referral HSDS meanings)."""
