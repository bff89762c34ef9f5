"""Prophet's B2B Omnibus API: one account of a partner for many of its own users. A token is signed for each request."""
