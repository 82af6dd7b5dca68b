//! A configuration, decoded: every block as a type, every argument still an expression.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use recon_core::diagnostic::Severity;
use recon_core::state::ProviderKey;
use recon_core::value::Name;
use recon_core::{ResourceAddress, ResourceMode, Span};

use crate::constraint::Constraint;
use crate::expression::Expression;
use crate::reference::Target;

/// One module's blocks, and through its calls those of all modules below.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The directory, relative to the root module's, `.` for the root; what `path.module` gives.
    pub directory: String,
    /// What may be declared though it is not here.
    pub gaps: Gaps,
    /// `variable` blocks.
    pub variables: BTreeMap<Name, Variable>,
    /// Entries of all `locals` blocks.
    pub locals: BTreeMap<Name, Local>,
    /// `output` blocks.
    pub outputs: BTreeMap<Name, Output>,
    /// `resource` and `data` blocks.
    pub resources: BTreeMap<(ResourceMode, Name, Name), Arc<Resource>>,
    /// `provider` blocks.
    pub providers: BTreeMap<ProviderKey, ProviderBlock>,
    /// `module` blocks.
    pub calls: BTreeMap<Name, ModuleCall>,
    /// `moved` blocks, in source order.
    pub moved: Vec<Moved>,
    /// `removed` blocks, in source order.
    pub removed: Vec<Removed>,
    /// `import` blocks, in source order.
    pub imports: Vec<Import>,
    /// `check` blocks.
    pub checks: BTreeMap<Name, CheckBlock>,
    /// The `backend` block's label and body, of the `terraform` block.
    pub backend: Option<(Name, Body)>,
    /// `required_version` constraints (of `terraform` blocks), as text with place.
    pub required_versions: Vec<(String, Span)>,
    /// Entries of `required_providers` by the module's own name of the provider.
    pub required_providers: BTreeMap<Name, ProviderRequirement>,
}

impl Module {
    /// The block of a resource or data source in this module, or in one that it calls.
    pub fn resource(&self, address: &ResourceAddress) -> Option<&Resource> {
        let mut module = self;
        for step in address.module.steps() {
            module = &module.calls.get(&step.name)?.module;
        }
        let block = module.resources.get(&(address.mode, address.kind.clone(), address.name.clone()))?;
        Some(block)
    }
}

/// What of a module could not be read, so that references to it say nothing.
#[derive(Clone, Debug, Default)]
pub struct Gaps {
    /// Files; any block may have been in them.
    pub has_files: bool,
    /// Modules that are called under these names.
    pub calls: BTreeSet<Name>,
}

/// One entry of a `required_providers` block.
#[derive(Clone, Debug)]
pub struct ProviderRequirement {
    /// Where its name stands.
    pub span: Span,
    /// `hashicorp/aws`; nothing where only the name says it.
    pub source: Option<String>,
    /// The version constraints.
    pub version: Option<String>,
    /// `configuration_aliases`: what a caller must pass.
    pub aliases: Vec<ProviderKey>,
}

/// Arguments and nested blocks, undecoded.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Arguments by name.
    pub attributes: BTreeMap<Name, Argument>,
    /// Nested blocks in source order.
    pub blocks: Vec<NestedBody>,
    /// Arguments that are there and could not be read, so that nobody says that they are missing.
    pub broken: BTreeSet<Name>,
    /// The whole block, for diagnostics about what is missing.
    pub span: Option<Span>,
    /// How it is written, which decides what may stand for a nested block.
    pub notation: Notation,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notation {
    /// HCL: blocks and arguments look different.
    #[default]
    Native,
    /// JSON: nested blocks are among the attributes, as an object, or as an array of objects.
    Json,
}

/// One argument.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Where its name stands.
    pub name_span: Span,
    /// Its value.
    pub value: Expression,
}

/// One nested block, `dynamic` ones included under the name `dynamic`.
#[derive(Clone, Debug)]
pub struct NestedBody {
    /// `environment`, or `dynamic`.
    pub name: Name,
    /// Labels; a `dynamic` block's label is the block it makes.
    pub labels: Vec<Name>,
    /// Where its head stands.
    pub name_span: Span,
    /// What is inside.
    pub body: Body,
}

/// A `variable` block.
#[expect(clippy::struct_excessive_bools, reason = "each is an argument of the block, or a finding about one")]
#[derive(Clone, Debug)]
pub struct Variable {
    /// Where it stands.
    pub span: Span,
    /// What it accepts.
    pub constraint: Constraint,
    /// How a value from a flag or the environment is read.
    pub outside: Outside,
    /// The default.
    pub default: Option<Expression>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it must never be shown.
    pub sensitive: bool,
    /// Whether it must never be stored.
    pub ephemeral: bool,
    /// Whether null is a value of its own rather than the default.
    pub nullable: bool,
    /// `validation` blocks.
    pub validations: Vec<Condition>,
    /// Whether the default has no value, or none that the variable accepts; loading says why.
    pub is_default_wrong: bool,
}

/// How the text of a flag, an environment variable or an answer becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// It is the value: where no type is written, and for primitives.
    Text,
    /// It is an expression.
    Expression,
}

/// A condition with the message for when it does not hold.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Where it stands.
    pub span: Span,
    /// What must be true.
    pub condition: Expression,
    /// What to say otherwise.
    pub error_message: Expression,
}

/// One entry of a `locals` block.
#[derive(Clone, Debug)]
pub struct Local {
    /// Where its name stands.
    pub span: Span,
    /// Its value.
    pub value: Expression,
}

/// An `output` block.
#[derive(Clone, Debug)]
pub struct Output {
    /// Where it stands.
    pub span: Span,
    /// Its value.
    pub value: Expression,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it must not be shown unless asked for by name.
    pub sensitive: bool,
    /// Whether it must never be stored.
    pub ephemeral: bool,
    /// `depends_on`
    pub depends_on: Vec<DependsOn>,
    /// `precondition` blocks.
    pub preconditions: Vec<Condition>,
}

/// A `resource` or `data` block.
#[derive(Clone, Debug)]
pub struct Resource {
    /// `resource` or `data`.
    pub mode: ResourceMode,
    /// `aws_lambda_function`
    pub kind: Name,
    /// The block's own name.
    pub name: Name,
    /// Where its head stands.
    pub span: Span,
    /// The arguments and blocks that the type's schema judges.
    pub body: Body,
    /// `count` or `for_each`.
    pub repetition: Repetition,
    /// `depends_on`
    pub depends_on: Vec<DependsOn>,
    /// The `provider` argument, or the type's own provider (`aws`, `terraform`).
    pub provider: ProviderKey,
    /// `lifecycle`
    pub lifecycle: Lifecycle,
}

/// How many instances a block has.
#[derive(Clone, Debug, Default)]
pub enum Repetition {
    /// One, without a key.
    #[default]
    Once,
    /// `count = …`
    Count(Expression),
    /// `for_each = …`
    ForEach(Expression),
}

/// One entry of a `depends_on`.
#[derive(Clone, Debug)]
pub struct DependsOn {
    /// What must come first.
    pub target: Target,
    /// Where it stands.
    pub span: Span,
}

/// A `lifecycle` block.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// `create_before_destroy`, if it is set.
    pub create_before_destroy: Option<bool>,
    /// `prevent_destroy`
    pub prevent_destroy: bool,
    /// `ignore_changes`
    pub ignore_changes: IgnoreChanges,
    /// `replace_triggered_by`, as references.
    pub replace_triggered_by: Vec<Expression>,
    /// `precondition` blocks.
    pub preconditions: Vec<Condition>,
    /// `postcondition` blocks.
    pub postconditions: Vec<Condition>,
}

/// What `ignore_changes` names.
#[derive(Clone, Debug, PartialEq)]
pub enum IgnoreChanges {
    /// `ignore_changes = all`
    All,
    /// A list of paths, each with its place.
    Paths(Vec<(recon_core::Path, Span)>),
}

impl Default for IgnoreChanges {
    fn default() -> Self {
        Self::Paths(Vec::new())
    }
}

/// A `provider` block.
#[derive(Clone, Debug)]
pub struct ProviderBlock {
    /// Where its head stands.
    pub span: Span,
    /// Its arguments, without `alias` and `version`.
    pub body: Body,
}

/// A `module` block.
#[derive(Clone, Debug)]
pub struct ModuleCall {
    /// Where its head stands.
    pub span: Span,
    /// The called module.
    pub module: Arc<Module>,
    /// The values of its variables.
    pub inputs: BTreeMap<Name, Argument>,
    /// `count` or `for_each`.
    pub repetition: Repetition,
    /// `depends_on`
    pub depends_on: Vec<DependsOn>,
    /// `providers`: inner key to outer key.
    pub providers: BTreeMap<ProviderKey, ProviderKey>,
}

/// A `moved` block.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Where it stands.
    pub span: Span,
    /// The former address, relative to the module.
    pub from: recon_core::address::Target,
    /// The address now, relative to the module.
    pub to: recon_core::address::Target,
}

/// A `removed` block.
#[derive(Clone, Debug)]
pub struct Removed {
    /// Where it stands.
    pub span: Span,
    /// What is declared no longer, relative to the module.
    pub from: recon_core::address::Target,
    /// Whether the objects are destroyed rather than forgotten.
    pub destroy: bool,
}

/// An `import` block.
#[derive(Clone, Debug)]
pub struct Import {
    /// Where it stands.
    pub span: Span,
    /// The address; its key may be an expression over `each`.
    pub to: Expression,
    /// The import id.
    pub id: Expression,
    /// `for_each`
    pub for_each: Option<Expression>,
    /// The `provider` argument.
    pub provider: Option<ProviderKey>,
}

/// A `check` block.
#[derive(Clone, Debug)]
pub struct CheckBlock {
    /// Where it stands.
    pub span: Span,
    /// Its own data source; also in the module's `resources`.
    pub data: Option<(Name, Name)>,
    /// `assert` blocks.
    pub asserts: Vec<Condition>,
}

/// How bad a failed condition is.
pub const CHECK_SEVERITY: Severity = Severity::Warning;
