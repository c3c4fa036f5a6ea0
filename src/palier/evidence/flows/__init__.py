"""What people do with evidence: attach it, look for it, describe it anew."""
