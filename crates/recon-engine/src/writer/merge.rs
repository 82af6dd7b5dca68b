//! Makes one body of those of several objects: what is the same as it is, what differs as `each.value`.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::schema::Sameness;
use recon_core::{Data, Value};

use super::expression::{Body, Entry, Expression, Item, Piece, Reference, Target};
use super::siblings::Grouping;
use super::text::SEPARATORS;

/// What several bodies have become.
pub(super) struct Merged {
    pub(super) body: Body,
    /// What differs, with what each of the objects says.
    pub(super) differing: Vec<(String, Vec<Expression>)>,
}

/// One body for objects with these keys; nothing where they are too different.
pub(super) fn merge(
    grouping: &Grouping<'_>,
    (members, keys): (&[usize], &[&str]),
    bodies: &[&Body],
) -> Option<Merged> {
    let mut merge = Merge { grouping, members, keys, differing: Vec::new(), is_uneven: false };
    let values: Vec<&Value> = members.iter().map(|member| &*grouping.family.found[*member].value).collect();
    let said = bodies.iter().copied().zip(values).collect::<Vec<_>>();
    let body = merge.bodies(&said, "")?;
    (!merge.is_uneven).then_some(Merged { body, differing: merge.differing })
}

struct Merge<'a> {
    grouping: &'a Grouping<'a>,
    members: &'a [usize],
    keys: &'a [&'a str],
    differing: Vec<(String, Vec<Expression>)>,
    /// Whether some say at length what others do not say at all.
    is_uneven: bool,
}

impl Merge<'_> {
    /// One body of several, each with the object or the part of one that says it.
    fn bodies(&mut self, said: &[(&Body, &Value)], prefix: &str) -> Option<Body> {
        let bodies: Vec<&Body> = said.iter().map(|(body, _)| *body).collect();
        let longest = bodies.iter().max_by_key(|body| body.len())?;
        let blocks = |body: &Body| {
            let named = body.iter().filter(|item| matches!(item, Item::Block(..)));
            named.map(|item| item.name().to_owned()).collect::<Vec<_>>()
        };
        let wanted = blocks(longest);
        let known: BTreeSet<&str> = longest.iter().map(Item::name).collect();
        let fits =
            |body: &&Body| blocks(body) == wanted && body.iter().all(|item| known.contains(item.name()));
        if !bodies.iter().all(fits) {
            return None;
        }
        let mut nth: BTreeMap<&str, usize> = BTreeMap::new();
        let mut merged = Body::new();
        for item in *longest {
            match item {
                Item::Argument(name, _) => {
                    let expressions = said.iter().map(|(body, value)| argument(body, name, value)).collect();
                    merged.push(Item::Argument(name.clone(), self.argument(name, prefix, expressions)));
                }
                Item::Block(name, _) => {
                    let at = nth.entry(name).or_default();
                    let inner: Vec<(&Body, &Value)> =
                        said.iter().filter_map(|(body, value)| nested(body, name, *at, value)).collect();
                    *at += 1;
                    merged.push(Item::Block(name.clone(), self.bodies(&inner, &format!("{prefix}{name}_"))?));
                }
            }
        }
        Some(merged)
    }

    fn argument(&mut self, name: &str, prefix: &str, expressions: Vec<Expression>) -> Expression {
        if expressions.windows(2).all(|pair| pair[0] == pair[1]) {
            return expressions.into_iter().next().unwrap_or(Expression::Null);
        }
        let pairs = expressions.iter().zip(self.keys);
        let mut alike = pairs.map(|(expression, key)| self.alike(expression.clone(), key));
        if let Some(first) = alike.next()
            && alike.all(|other| other == first)
        {
            return first;
        }
        if prefix.is_empty()
            && let Some(reference) = self.through_fellow(name)
        {
            return Expression::Attribute(reference);
        }
        if let Some(entries) = self.entries(prefix, &expressions) {
            return Expression::Map(entries);
        }
        if expressions.iter().any(is_whole) && expressions.contains(&Expression::Null) {
            self.is_uneven = true;
        }
        let name = self.entry_name(name, prefix);
        self.differing.push((name.clone(), expressions));
        Expression::Each(Some(name))
    }

    /// What an argument is called among those that differ: with the names of its blocks if need be.
    fn entry_name(&self, name: &str, prefix: &str) -> String {
        let found = self.grouping.family.found;
        let is_taken = !prefix.is_empty()
            && (self.differing.iter().any(|(other, _)| other == name)
                || self.members.iter().any(|member| !found[*member].value.get(name).is_null()));
        if is_taken { format!("{prefix}{name}") } else { name.to_owned() }
    }

    /// Maps of which only some entries differ, entry by entry: the methods of a preflight's answer, not its headers.
    fn entries(&mut self, prefix: &str, expressions: &[Expression]) -> Option<Vec<Entry>> {
        let maps: Vec<&Vec<Entry>> = expressions.iter().map(entries_of).collect::<Option<_>>()?;
        let keys: Vec<&str> = maps.first()?.iter().map(|(key, _)| key.as_literal()).collect::<Option<_>>()?;
        let same_keys = |map: &&Vec<Entry>| {
            map.iter().map(|(key, _)| key.as_literal()).eq(keys.iter().copied().map(Some))
        };
        if !maps.iter().all(same_keys) {
            return None;
        }
        let differs = |at: &usize| maps.windows(2).any(|pair| pair[0][*at].1 != pair[1][*at].1);
        let differing: Vec<usize> = (0..keys.len()).filter(differs).collect();
        let names: Vec<String> = differing.iter().map(|at| end_of(keys[*at])).collect::<Option<_>>()?;
        let distinct: BTreeSet<&String> = names.iter().collect();
        let is_taken = |name: &&String| self.differing.iter().any(|(other, _)| other == *name);
        if differing.len() == keys.len()
            || distinct.len() < names.len()
            || names.iter().any(|name| is_taken(&name))
        {
            return None;
        }
        let mut merged = maps[0].clone();
        for (at, name) in differing.into_iter().zip(names) {
            let values = maps.iter().map(|map| map[at].1.clone()).collect();
            merged[at].1 = self.argument(&name, prefix, values);
        }
        Some(merged)
    }

    /// An expression in terms of the key of the object that says it.
    fn alike(&self, expression: Expression, key: &str) -> Expression {
        let like = |reference: Reference| match reference.to {
            Target::Object(number) => match self.grouping.draft_of.get(&number) {
                Some(draft) if self.grouping.fellow(*draft, key) == Some(number) => {
                    Reference { to: Target::Like(*draft), ..reference }
                }
                _ => reference,
            },
            Target::Like(_) => reference,
        };
        expression.map(&mut |leaf| match leaf {
            Expression::Attribute(reference) => Expression::Attribute(like(reference)),
            Expression::Text(pieces) => {
                Expression::Text(pieces.into_iter().flat_map(|piece| keyed(piece, key, &like)).collect())
            }
            other => other,
        })
    }

    /// Each object's argument as the attribute of an object that goes with it: a method's resource, for its integration.
    fn through_fellow(&self, name: &str) -> Option<Reference> {
        let grouping = self.grouping;
        let found = grouping.family.found;
        let links = grouping.family.catalog.manner(&found[self.members[0]].kind).links;
        let attribute = links.iter().find(|link| link.argument == name)?.argument;
        let needs = &grouping.family.needs[self.members[0]];
        let drafts: BTreeSet<usize> =
            needs.iter().filter_map(|number| grouping.draft_of.get(number).copied()).collect();
        let fits = |draft: &usize| {
            self.members.iter().zip(self.keys).all(|(member, key)| {
                grouping.fellow(*draft, key).is_some_and(|fellow| {
                    let (own, theirs) =
                        (found[*member].value.get(attribute), found[fellow].value.get(attribute));
                    grouping.family.needs[*member].contains(&fellow) && own.same(theirs) && !own.is_null()
                })
            })
        };
        drafts.into_iter().find(fits).map(|draft| Reference { to: Target::Like(draft), attribute })
    }
}

/// How long the only entry of a map may be to stand beside nothing at all.
const ENTRY_MAX: usize = 100;

/// Whether an expression takes lines of its own.
fn is_whole(expression: &Expression) -> bool {
    let is_long = |item: &Expression| item.as_literal().is_some_and(|text| text.len() > ENTRY_MAX);
    match expression {
        Expression::Map(entries) => {
            entries.len() > 1 || entries.iter().any(|(_, item)| is_whole(item) || is_long(item))
        }
        Expression::List(_) | Expression::Json(_) => true,
        _ => expression.as_literal().is_some_and(|text| text.contains('\n')),
    }
}

fn entries_of(expression: &Expression) -> Option<&Vec<Entry>> {
    match expression {
        Expression::Map(entries) => Some(entries),
        _ => None,
    }
}

/// What a key ends in, as a name: `methods` of `method.response.header.Access-Control-Allow-Methods`.
fn end_of(key: &str) -> Option<String> {
    let end = key.rsplit(SEPARATORS).next()?;
    let is_name =
        end.starts_with(|c: char| c.is_ascii_alphabetic()) && end.chars().all(|c| c.is_ascii_alphanumeric());
    is_name.then(|| end.to_ascii_lowercase())
}

/// What a body says of an argument; a flag or number of which it is silent is what it is anyway.
fn argument(body: &Body, name: &str, value: &Value) -> Expression {
    let found = body.iter().find_map(|item| match item {
        Item::Argument(other, expression) if other == name => Some(expression.clone()),
        _ => None,
    });
    let actual = || {
        let actual = value.get(name);
        let is_plain = matches!(actual.data, Data::Bool(_) | Data::Number(_)) && !actual.marks.is_sensitive();
        is_plain.then(|| super::body::expression(actual, Sameness::Exact))
    };
    found.or_else(actual).unwrap_or(Expression::Null)
}

fn nested<'a>(body: &'a Body, name: &str, at: usize, value: &'a Value) -> Option<(&'a Body, &'a Value)> {
    let blocks = body.iter().filter_map(|item| match item {
        Item::Block(other, body) if other == name => Some(body),
        _ => None,
    });
    let value = value.get(name);
    Some((blocks.into_iter().nth(at)?, value.items().get(at).unwrap_or(value)))
}

/// A piece of text with the key of its object in place of what spells it.
fn keyed(piece: Piece, key: &str, like: &impl Fn(Reference) -> Reference) -> Vec<Piece> {
    let text = match piece {
        Piece::Attribute(reference) => return vec![Piece::Attribute(like(reference))],
        Piece::Key => return vec![Piece::Key],
        Piece::Literal(text) => text,
    };
    let is_inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut pieces = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(key) {
        let end = at + key.len();
        if at < from || is_inner(text[..at].chars().next_back()) || is_inner(text[end..].chars().next()) {
            continue;
        }
        if from < at {
            pieces.push(Piece::Literal(text[from..at].to_owned()));
        }
        pieces.push(Piece::Key);
        from = end;
    }
    if from < text.len() {
        pieces.push(Piece::Literal(text[from..].to_owned()));
    }
    pieces
}
