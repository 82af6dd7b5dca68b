//! What a search has come to so far: objects spotted, and what could not be read.

use recon_core::discovery::Unread;
use recon_core::provider::{ErrorKind, Observed, ProviderError};
use recon_core::{Known, Value};

use super::names::slug;

/// An object that is known to be there, with what is enough to read it.
#[derive(Clone, Debug)]
pub(crate) struct Spotted {
    pub(crate) kind: &'static str,
    /// Its import id.
    pub(crate) id: String,
    pub(crate) have: Known,
    pub(crate) identity: &'static [&'static str],
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) key: String,
    pub(crate) topic: String,
    pub(crate) owner: String,
}

/// What a search has come to so far.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    pub(crate) spotted: Vec<Spotted>,
    pub(crate) unread: Vec<Unread>,
    pub(crate) notes: Vec<String>,
}

impl Spotted {
    /// An object of which these texts are known; the first `identity.len()` of them tell it from others of its type.
    pub(crate) fn new(
        kind: &'static str,
        identity: &'static [&'static str],
        id: String,
        known: &[(&'static str, &str)],
    ) -> Self {
        let texts = known.iter().map(|(name, text)| (*name, Value::from(*text)));
        let have = Known::with_nulls(&Value::object(texts));
        let name = known.last().map(|(_, text)| slug(text)).unwrap_or_default();
        let topic = known.first().map(|(_, text)| (*text).to_owned()).unwrap_or_default();
        let (family, key) = (name.clone(), name.clone());
        Self { kind, id, have, identity, name, family, key, topic, owner: String::new() }
    }

    /// The same under another name.
    pub(crate) fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self.key.clone_from(&self.name);
        self.family.clone_from(&self.name);
        self
    }

    /// The same as one of a family: objects with one owner and one family may become one block.
    pub(crate) fn among(mut self, family: impl Into<String>, key: impl Into<String>) -> Self {
        self.family = family.into();
        self.key = key.into();
        self
    }

    /// The same, written together with all of that topic.
    pub(crate) fn about(mut self, topic: impl Into<String>) -> Self {
        self.topic = topic.into();
        self
    }

    /// The same, as part of another object.
    pub(crate) fn of(mut self, owner: &str) -> Self {
        owner.clone_into(&mut self.owner);
        self
    }

    /// The same with one more attribute.
    pub(crate) fn with(mut self, name: &str, value: &Value) -> Self {
        self.have = self.have.with_part(name, Known::with_nulls(value));
        self
    }

    /// What to read.
    pub(crate) fn observed(&self) -> Observed {
        Observed { kind: self.kind.into(), have: self.have.clone() }
    }
}

impl Harvest {
    /// Adds an object.
    pub(crate) fn add(&mut self, spotted: Spotted) {
        self.spotted.push(spotted);
    }

    /// Adds all of another one.
    pub(crate) fn append(&mut self, other: Harvest) {
        let Harvest { spotted, unread, notes } = other;
        self.spotted.extend(spotted);
        self.unread.extend(unread);
        self.notes.extend(notes);
    }

    /// The answer; an error is noted, and the search goes on without it.
    pub(crate) fn take<T>(&mut self, what: &str, answer: Result<T, ProviderError>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            // What a service does not have, nobody made there.
            Err(error) if error.kind == ErrorKind::Unsupported => None,
            Err(error) => {
                self.unread.push(Unread { what: what.to_owned(), error });
                None
            }
        }
    }
}
