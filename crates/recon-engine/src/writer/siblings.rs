//! Makes one block with `for_each` of objects that are alike.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use recon_core::discovery::Found;
use recon_core::resource_type::Catalog;

use super::expression::{Body, Entry, Expression, Item, Reference, Target};
use super::merge::{Merged, merge};
use super::references::Needs;

/// A block to be written.
pub(super) struct Draft {
    /// The objects that it stands for.
    pub(super) members: Vec<usize>,
    pub(super) body: Body,
    pub(super) repetition: Repetition,
}

/// How often a block occurs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Repetition {
    Once,
    /// For each of these keys.
    Keys,
    /// For each key, with what differs.
    Values(Vec<Entry>),
    /// For each key, with the object that it goes with.
    Objects(Vec<(String, usize)>),
    /// For each object of another block.
    Chain(usize),
}

/// What the grouping works on.
pub(super) struct Family<'a> {
    pub(super) found: &'a [Found],
    pub(super) catalog: &'a Catalog,
    pub(super) needs: &'a Needs,
}

/// The blocks for all objects, in the order of the first object of each.
pub(super) fn drafts(family: &Family<'_>, bodies: &[Body]) -> Vec<Draft> {
    let mut grouping = Grouping { family, bodies, drafts: Vec::new(), draft_of: HashMap::new() };
    let mut buckets: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (number, found) in family.found.iter().enumerate() {
        buckets.entry((&found.kind, &found.owner, &found.family)).or_default().push(number);
    }
    let mut buckets: Vec<Vec<usize>> = buckets.into_values().collect();
    buckets.sort();
    for bucket in buckets {
        grouping.add(bucket);
    }
    grouping.drafts
}

/// How many arguments may differ for one block to be easier to read than several.
const DIFFERENCES_MAX: usize = 3;
/// How many may if there are only two objects, and one block is not shorter than theirs by a fifth.
const DIFFERENCES_OF_TWO_MAX: usize = 2;

/// Whether one block for these is easier to read than several.
fn is_easier(bodies: &[&Body], together: &Body, differing: usize) -> bool {
    if differing <= DIFFERENCES_OF_TWO_MAX || bodies.len() > 2 {
        return differing <= DIFFERENCES_MAX;
    }
    let apart: usize = bodies.iter().map(|body| lines(body) + 2).sum();
    // A map with a line for each object, beside braces and what the block says.
    let together = lines(together) + bodies.len() + 4;
    differing <= DIFFERENCES_MAX && together * 5 <= apart * 4
}

/// About how many lines the inside of a block takes.
fn lines(body: &Body) -> usize {
    let of = |item: &Item| match item {
        Item::Argument(..) => 1,
        Item::Block(_, inner) => lines(inner) + 2,
    };
    body.iter().map(of).sum()
}

pub(super) struct Grouping<'a> {
    pub(super) family: &'a Family<'a>,
    bodies: &'a [Body],
    drafts: Vec<Draft>,
    /// Hashed: only ever looked up.
    pub(super) draft_of: HashMap<usize, usize>,
}

impl Grouping<'_> {
    fn add(&mut self, bucket: Vec<usize>) {
        if let Some(draft) = self.together(&bucket) {
            self.keep(draft);
            return;
        }
        // Those that say the same sort of things may still be alike.
        let mut alike: BTreeMap<Vec<&str>, Vec<usize>> = BTreeMap::new();
        for number in bucket {
            alike.entry(self.bodies[number].iter().map(Item::name).collect()).or_default().push(number);
        }
        let mut alike: Vec<Vec<usize>> = alike.into_values().collect();
        alike.sort();
        for members in alike {
            if let Some(draft) = self.together(&members) {
                self.keep(draft);
                continue;
            }
            for number in members {
                let body = self.bodies[number].clone();
                self.keep(Draft { members: vec![number], body, repetition: Repetition::Once });
            }
        }
    }

    fn keep(&mut self, draft: Draft) {
        for number in &draft.members {
            self.draft_of.insert(*number, self.drafts.len());
        }
        self.drafts.push(draft);
    }

    /// One block for all of these objects, where they are alike.
    fn together(&self, members: &[usize]) -> Option<Draft> {
        let keys: Vec<&str> = members.iter().map(|number| &*self.family.found[*number].key).collect();
        let distinct: BTreeSet<&str> = keys.iter().copied().collect();
        if members.len() < 2 || distinct.len() != members.len() || self.closes_circle(members) {
            return None;
        }
        let bodies: Vec<&Body> = members.iter().map(|number| &self.bodies[*number]).collect();
        let Merged { mut body, mut differing } = merge(self, (members, &keys), &bodies)?;
        if let Some(objects) = self.with_objects(members, &mut body, &differing) {
            let objects = keys.iter().map(|key| (*key).to_owned()).zip(objects).collect();
            return Some(Draft { members: members.to_vec(), body, repetition: Repetition::Objects(objects) });
        }
        differing.sort_by(|(a, _), (b, _)| a.cmp(b));
        if !is_easier(&bodies, &body, differing.len()) {
            return None;
        }
        let repetition = if differing.is_empty() {
            self.chain(&mut body, &distinct)
        } else {
            Repetition::Values(values(&keys, &differing, &mut body))
        };
        Some(Draft { members: members.to_vec(), body, repetition })
    }

    /// Whether one of the objects needs another one, be it through others.
    fn closes_circle(&self, members: &[usize]) -> bool {
        let targets: BTreeSet<usize> = members.iter().copied().collect();
        let mut seen = BTreeSet::new();
        let mut open: Vec<usize> =
            members.iter().flat_map(|number| self.family.needs[*number].iter().copied()).collect();
        while let Some(next) = open.pop() {
            if targets.contains(&next) {
                return true;
            }
            let fellows = self.draft_of.get(&next).map(|draft| self.drafts[*draft].members.as_slice());
            for fellow in fellows.unwrap_or(&[next]) {
                if seen.insert(*fellow) {
                    open.extend(self.family.needs[*fellow].iter().copied());
                }
            }
        }
        false
    }

    /// The object with a key in a block of several.
    pub(super) fn fellow(&self, draft: usize, key: &str) -> Option<usize> {
        let members = self.drafts[draft].members.iter().copied();
        members
            .filter(|_| self.drafts[draft].members.len() > 1)
            .find(|number| *self.family.found[*number].key == *key)
    }

    /// The object that each goes with, where all that differs is what those objects say: methods, for integrations.
    fn with_objects(
        &self,
        members: &[usize],
        body: &mut Body,
        differing: &[(String, Vec<Expression>)],
    ) -> Option<Vec<usize>> {
        let named = differing.iter().find_map(|(_, expressions)| {
            let objects = expressions.iter().map(|expression| match expression {
                Expression::Attribute(Reference { to: Target::Object(number), .. }) => Some(*number),
                _ => None,
            });
            let objects: Vec<usize> = objects.collect::<Option<_>>()?;
            let distinct: BTreeSet<usize> = objects.iter().copied().collect();
            let says_all = distinct.len() == members.len()
                && differing
                    .iter()
                    .all(|(name, expressions)| self.all_say(&objects, members, name, expressions));
            says_all.then_some(objects)
        })?;
        if differing.len() < 2 {
            return None;
        }
        let attribute = |name: &str| {
            let found = differing.iter().find(|(other, _)| other == name)?;
            match found.1.first()? {
                Expression::Attribute(Reference { to: Target::Object(number), attribute })
                    if *number == named[0] =>
                {
                    Some((*attribute).to_owned())
                }
                _ => Some(name.to_owned()),
            }
        };
        *body = super::expression::map_body(std::mem::take(body), &mut |leaf| match leaf {
            Expression::Each(Some(name)) => Expression::Each(attribute(&name)),
            other => other,
        });
        Some(named)
    }

    /// Whether the objects say what differs: it is an attribute of theirs, or they have an argument of that name alike.
    fn all_say(&self, objects: &[usize], members: &[usize], name: &str, expressions: &[Expression]) -> bool {
        let found = self.family.found;
        objects.iter().zip(members).zip(expressions).all(|((object, member), expression)| match expression {
            Expression::Attribute(Reference { to: Target::Object(number), .. }) if number == object => true,
            _ => found.get(*object).is_some_and(|object| {
                let (own, theirs) = (found[*member].value.get(name), object.value.get(name));
                !own.is_null() && own.same(theirs)
            }),
        })
    }

    /// Where every object goes with one of another block, that block's objects are what there is one for each of.
    fn chain(&self, body: &mut Body, keys: &BTreeSet<&str>) -> Repetition {
        let mut like = BTreeSet::new();
        for item in body.iter() {
            collect_likes(item, &mut like);
        }
        let fits = |draft: &usize| {
            let theirs = self.drafts[*draft].members.iter().map(|number| &*self.family.found[*number].key);
            theirs.collect::<BTreeSet<&str>>() == *keys
        };
        let Some(draft) = like.into_iter().find(fits) else { return Repetition::Keys };
        // The key says no more than the other object does.
        *body = super::expression::map_body(std::mem::take(body), &mut |leaf| match leaf {
            Expression::Attribute(Reference { to: Target::Like(other), attribute }) if other == draft => {
                Expression::Each(Some(attribute.to_owned()))
            }
            other => other,
        });
        Repetition::Chain(draft)
    }
}

fn collect_likes(item: &Item, found: &mut BTreeSet<usize>) {
    match item {
        Item::Argument(_, Expression::Attribute(Reference { to: Target::Like(draft), .. })) => {
            found.insert(*draft);
        }
        Item::Argument(..) => {}
        Item::Block(_, body) => body.iter().for_each(|item| collect_likes(item, found)),
    }
}

/// What differs, by key. A single difference is the value itself.
fn values(keys: &[&str], differing: &[(String, Vec<Expression>)], body: &mut Body) -> Vec<Entry> {
    let value = |at: usize| match differing {
        [(_, expressions)] => expressions[at].clone(),
        several => {
            let entry =
                |(name, values): &(String, Vec<Expression>)| Expression::entry(name, values[at].clone());
            Expression::Map(several.iter().map(entry).collect())
        }
    };
    if differing.len() == 1 {
        *body = super::expression::map_body(std::mem::take(body), &mut |leaf| match leaf {
            Expression::Each(_) => Expression::Each(None),
            other => other,
        });
    }
    keys.iter().enumerate().map(|(at, key)| Expression::entry(key, value(at))).collect()
}
