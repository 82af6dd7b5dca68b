//! Puts references in place of what is an attribute of another object.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use recon_core::Value;
use recon_core::discovery::{Link, LinkedPart, Manner};

use super::expression::{Body, Expression, Item, Piece, Reference, Target};

/// An object that others may refer to.
pub(super) struct Object<'a> {
    pub(super) kind: &'a str,
    pub(super) value: &'a Value,
    pub(super) manner: Manner,
}

/// Which object needs which others.
pub(super) type Needs = Vec<BTreeSet<usize>>;

/// Everything that can be referred to.
pub(super) struct Index<'a> {
    objects: &'a [Object<'a>],
    /// Hashed: only ever looked up.
    by_text: HashMap<(&'a str, &'static str, &'a str), Vec<usize>>,
    /// Hashed: only ever looked up.
    mentions: HashMap<&'a str, Reference>,
    /// The lengths of what may be mentioned, longest first.
    lengths: Vec<usize>,
}

impl<'a> Index<'a> {
    pub(super) fn new(objects: &'a [Object<'a>]) -> Self {
        let mut linked: BTreeMap<&str, BTreeSet<&'static str>> = BTreeMap::new();
        for link in objects.iter().flat_map(|object| object.manner.links) {
            linked.entry(link.kind).or_default().insert(link.attribute);
        }
        let mut index =
            Self { objects, by_text: HashMap::new(), mentions: HashMap::new(), lengths: Vec::new() };
        let mut lengths = BTreeSet::new();
        for (number, object) in objects.iter().enumerate() {
            for attribute in linked.get(object.kind).into_iter().flatten().copied() {
                if let Some(text) = object.value.text(attribute) {
                    index.by_text.entry((object.kind, attribute, text)).or_default().push(number);
                }
            }
            for attribute in object.manner.mentioned.iter().copied() {
                if let Some(text) = object.value.text(attribute) {
                    lengths.insert(text.len());
                    let reference = Reference { to: Target::Object(number), attribute };
                    index.mentions.entry(text).or_insert(reference);
                }
            }
        }
        index.lengths = lengths.into_iter().rev().collect();
        index
    }

    /// The bodies of the first objects, with references. What would close a circle stays as it is.
    pub(super) fn refer(&self, bodies: Vec<Body>) -> (Vec<Body>, Needs) {
        let mut needs: Needs = vec![BTreeSet::new(); self.objects.len()];
        let linked: Vec<Body> = bodies
            .into_iter()
            .enumerate()
            .map(|(number, body)| {
                let place = Place { number, value: self.objects[number].value, prefix: String::new() };
                self.link_body(body, &place, &mut needs)
            })
            .collect();
        let mentioned = linked.into_iter().enumerate().map(|(number, body)| {
            let mut mention = |leaf: Expression| match leaf.as_literal() {
                Some(text) => self.mention(text, number, &mut needs),
                None => leaf,
            };
            super::expression::map_body(body, &mut mention)
        });
        let bodies = mentioned.collect();
        (bodies, needs)
    }

    fn link_body(&self, body: Body, place: &Place<'_>, needs: &mut Needs) -> Body {
        // Each block of a kind has a value of its own.
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let link = |item| match item {
            Item::Argument(name, value) => {
                let path = format!("{}{name}", place.prefix);
                let value = value.map(&mut |leaf| self.link(leaf, (&path, LinkedPart::Values), place, needs));
                Item::Argument(name, self.link_keys(value, &path, place, needs))
            }
            Item::Block(name, body) => {
                let at = seen.entry(name.clone()).or_default();
                let value = place.value.get(&name);
                let inner = value.items().get(*at).unwrap_or(value);
                *at += 1;
                let prefix = format!("{}{name}.", place.prefix);
                let body = self.link_body(body, &Place { number: place.number, value: inner, prefix }, needs);
                Item::Block(name, body)
            }
        };
        body.into_iter().map(link).collect()
    }

    /// A map with references in place of keys, where its keys are what names other objects.
    fn link_keys(&self, value: Expression, path: &str, place: &Place<'_>, needs: &mut Needs) -> Expression {
        let Expression::Map(entries) = value else { return value };
        let entry = |(key, value)| (self.link(key, (path, LinkedPart::Keys), place, needs), value);
        Expression::Map(entries.into_iter().map(entry).collect())
    }

    fn link(
        &self,
        leaf: Expression,
        (path, part): (&str, LinkedPart),
        place: &Place<'_>,
        needs: &mut Needs,
    ) -> Expression {
        let Some(text) = leaf.as_literal() else { return leaf };
        let links = self.objects[place.number].manner.links.iter();
        for link in links.filter(|link| link.argument == path) {
            let Some((start, named)) = linked(text, link.part, part) else { continue };
            let candidates = self.by_text.get(&(link.kind, link.attribute, named)).into_iter().flatten();
            let reference =
                |other: &usize| Reference { to: Target::Object(*other), attribute: link.attribute };
            let mut fitting = candidates.filter(|other| self.fits(link, place, **other)).map(reference);
            if let Some(reference) = fitting.find(|reference| is_allowed(*reference, place.number, needs)) {
                return behind(start, reference);
            }
        }
        leaf
    }

    fn fits(&self, link: &Link, place: &Place<'_>, other: usize) -> bool {
        let other = self.objects[other].value;
        link.same.iter().all(|(own, theirs)| {
            let own = match own.strip_prefix(&place.prefix).filter(|_| !place.prefix.is_empty()) {
                Some(name) => place.value.get(name),
                None => self.objects[place.number].value.get(own),
            };
            own.same(other.get(theirs))
        })
    }

    /// A text with references in place of the ARNs and ids in it.
    fn mention(&self, text: &str, number: usize, needs: &mut Needs) -> Expression {
        let mut pieces = Vec::new();
        let mut from = 0;
        let mut at = 0;
        while at < text.len() {
            let found = is_edge(text, at).then(|| self.mentioned(text, at)).flatten();
            match found.filter(|(_, reference)| is_allowed(*reference, number, needs)) {
                Some((length, reference)) => {
                    if from < at {
                        pieces.push(Piece::Literal(text[from..at].to_owned()));
                    }
                    pieces.push(Piece::Attribute(reference));
                    at += length;
                    from = at;
                }
                None => at += text[at..].chars().next().map_or(1, char::len_utf8),
            }
        }
        if from < text.len() {
            pieces.push(Piece::Literal(text[from..].to_owned()));
        }
        match pieces[..] {
            [Piece::Attribute(reference)] => Expression::Attribute(reference),
            _ => Expression::Text(pieces),
        }
    }

    fn mentioned(&self, text: &str, at: usize) -> Option<(usize, Reference)> {
        self.lengths.iter().find_map(|length| {
            let end = at + length;
            let reference = self.mentions.get(text.get(at..end)?)?;
            is_edge(text, end).then_some((*length, *reference))
        })
    }
}

/// The beginning of a text and what of it a link takes for the name of another object, be it a value or a key.
fn linked(text: &str, link: LinkedPart, part: LinkedPart) -> Option<(&'static str, &str)> {
    match link {
        LinkedPart::After(start) if part == LinkedPart::Values => Some((start, text.strip_prefix(start)?)),
        whole => (whole == part).then_some(("", text)),
    }
}

/// A reference after a text.
fn behind(start: &str, reference: Reference) -> Expression {
    if start.is_empty() {
        return Expression::Attribute(reference);
    }
    Expression::Text(vec![Piece::Literal(start.to_owned()), Piece::Attribute(reference)])
}

struct Place<'a> {
    number: usize,
    value: &'a Value,
    prefix: String,
}

/// Whether a word begins or ends there.
fn is_edge(text: &str, at: usize) -> bool {
    let is_inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let (before, after) = (text.get(..at), text.get(at..));
    !is_inner(before.and_then(|before| before.chars().next_back()))
        || !is_inner(after.and_then(|after| after.chars().next()))
}

/// Whether an object may refer to another one without closing a circle; notes that it does.
fn is_allowed(reference: Reference, number: usize, needs: &mut Needs) -> bool {
    let Target::Object(other) = reference.to else { return false };
    if reaches(needs, other, number) {
        return false;
    }
    needs[number].insert(other);
    true
}

/// Whether an object is, or needs, another one.
fn reaches(needs: &Needs, from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(next) = open.pop() {
        if next == to {
            return true;
        }
        open.extend(needs[next].iter().copied().filter(|other| seen.insert(*other)));
    }
    false
}
