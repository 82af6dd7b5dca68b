//! The nouns of recon: addresses, values, types, schemas, changes, plans, states, diagnostics.
