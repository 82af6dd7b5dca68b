//! What a plan is made from, what it may ask for, and what comes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::address::Target;
use recon_core::plan::{Plan, PlanKind};
use recon_core::provider::ProviderError;
use recon_core::resource_type::{Answers, Catalog};
use recon_core::state::{ProviderKey, State};
use recon_core::value::Name;
use recon_core::{Address, Diagnostics, Known, Value};
use recon_parser::config::Module;
use recon_parser::files::Files;

/// What a plan is made from. Nothing else influences it: equal inputs give equal plans.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The root module; an empty one to destroy everything.
    pub module: &'a Arc<Module>,
    /// SHA-256, in hex, over the configuration's files.
    pub config_digest: &'a str,
    /// The values of the root module's variables, converted and with defaults.
    pub variables: &'a BTreeMap<Name, Value>,
    /// All types.
    pub catalog: &'a Catalog,
    /// What recon remembered before this run.
    pub remembered: &'a State,
    /// The same, as just observed; equal to `remembered` where nothing was observed.
    pub observed: &'a State,
    /// What to plan.
    pub options: &'a Options,
    /// What was asked and answered so far.
    pub answers: &'a AnswerBook,
    /// The files that functions may read.
    pub files: &'a dyn Files,
    /// When planning began, in milliseconds since the epoch.
    pub planned_at_ms: i64,
    /// The workspace.
    pub workspace: &'a str,
}

/// What to plan.
#[derive(Clone, Debug)]
pub struct Options {
    /// Towards what.
    pub kind: PlanKind,
    /// Only these and what they need; all if empty.
    pub targets: Vec<Target>,
    /// All but these and what needs them.
    pub excludes: Vec<Target>,
    /// To be replaced even if nothing else asks for it.
    pub replace: Vec<Address>,
    /// What for.
    pub aim: Aim,
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// To be applied, so that the local files that its steps read must be there.
    Apply,
    /// To be looked at.
    Look,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            kind: PlanKind::Normal,
            targets: Vec::new(),
            excludes: Vec::new(),
            replace: Vec::new(),
            aim: Aim::Apply,
        }
    }
}

/// A read that planning needs before it can go on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    /// Who can answer.
    pub provider: ProviderKey,
    /// The resource type or data source.
    pub kind: Name,
    /// What is asked.
    pub question: Question,
    /// Whose sake it is for.
    pub address: Address,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// A data source with these arguments.
    Data(Known),
    /// The object with this import id.
    Import(String),
    /// Something that only the resource type understands.
    Refine(Known),
}

/// What was asked and answered so far.
#[derive(Clone, Debug, Default)]
pub struct AnswerBook {
    answers: BTreeMap<(ProviderKey, Name, Question), Result<Option<Known>, ProviderError>>,
}

impl AnswerBook {
    /// Keeps an answer; `None` says that there is no such object.
    pub fn add(&mut self, ask: &Ask, answer: Result<Option<Known>, ProviderError>) {
        self.answers.insert((ask.provider.clone(), ask.kind.clone(), ask.question.clone()), answer);
    }

    pub(crate) fn get(
        &self,
        provider: &ProviderKey,
        kind: &Name,
        question: &Question,
    ) -> Option<&Result<Option<Known>, ProviderError>> {
        self.answers.get(&(provider.clone(), kind.clone(), question.clone()))
    }
}

/// The answers that one resource type sees.
pub(crate) struct TypeAnswers<'a> {
    pub(crate) book: &'a AnswerBook,
    pub(crate) provider: &'a ProviderKey,
    pub(crate) kind: &'a Name,
}

impl Answers for TypeAnswers<'_> {
    fn answer(&self, question: &Known) -> Option<&Known> {
        let answer = self.book.get(self.provider, self.kind, &Question::Refine(question.clone()))?;
        answer.as_ref().ok()?.as_ref()
    }
}

/// What came of planning.
pub enum Outcome {
    /// A plan, with warnings.
    Planned(Box<Plan>, Diagnostics),
    /// Reads to be made before planning again.
    Asks(Vec<Ask>),
}
