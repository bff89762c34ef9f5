"""The practice feed's webhooks: who subscribed, and a dispatcher that signs, sends once and never leaves this computer."""
