//! What the names in an expression mean at one place: in a module instance, for one instance of a block.

use recon_core::address::{Key, ModulePath};
use recon_core::value::Name;
use recon_core::{Diagnostic, Marks, ResourceAddress, ResourceMode, Span, Type, Unknown, Value};
use recon_parser::config::{Condition, Repetition, Variable};
use recon_parser::evaluate;
use recon_parser::files::Files;
use recon_parser::scope::{Clock, Lookup, Scope};
use recon_parser::suggest::did_you_mean;

use crate::condition::Verdict;
use crate::nodes::What;
use crate::repetition::{self, Open};
use crate::world::{Broken, Keys, Named, Repeated, Repeats, World};

/// One place from which names are looked up.
pub(crate) struct Place<'w, 'a> {
    pub(crate) world: &'w World<'a>,
    pub(crate) module: &'w ModulePath,
    /// The key of the instance, if the block has `count` or `for_each`.
    pub(crate) key: Option<&'w Key>,
    /// `each.value`
    pub(crate) each: Option<Value>,
    /// What it repeats, if this instance stands for all.
    pub(crate) stands_for: Option<Repeats>,
    /// `self`, where it means something.
    pub(crate) this: Option<&'w Value>,
}

impl<'a> World<'a> {
    /// A place in a module that belongs to no instance of a block.
    pub(crate) fn place<'w>(&'w self, module: &'w ModulePath) -> Place<'w, 'a> {
        Place { world: self, module, key: None, each: None, stands_for: None, this: None }
    }

    /// The place of one instance of a block.
    pub(crate) fn instance_place<'w>(
        &'w self,
        module: &'w ModulePath,
        key: Option<&'w Key>,
        keys: &Keys,
    ) -> Place<'w, 'a> {
        Place { world: self, module, key, each: keys.each_value(key), stands_for: keys.repeats(), this: None }
    }

    /// The value of a variable, local or output, evaluated when first asked for.
    pub(crate) fn named(&self, module: &ModulePath, named: Named) -> Result<Value, Broken> {
        let key = (module.clone(), named);
        if let Some(value) = self.named.borrow().get(&key) {
            return value.clone();
        }
        let value = self.evaluate_named(module, &key.1);
        if self.keeps_unknown || value.as_ref().is_ok_and(Value::is_wholly_known) {
            self.named.borrow_mut().insert(key, value.clone());
        }
        value
    }

    fn evaluate_named(&self, module: &ModulePath, named: &Named) -> Result<Value, Broken> {
        let instance = self.modules.get(module).ok_or(Broken)?;
        let node = self.nodes.find(instance.id, &named.what());
        if node.is_none_or(|node| self.nodes.circling.contains(&node)) {
            return Err(Broken);
        }
        match named {
            Named::Variable(name) => {
                self.variable(module, name, instance.config.variables.get(name).ok_or(Broken)?)
            }
            Named::Local(name) => {
                let local = instance.config.locals.get(name).ok_or(Broken)?;
                self.kept(evaluate::evaluate(&local.value, &self.place(module)))
            }
            Named::Output(name) => {
                let output = instance.config.outputs.get(name).ok_or(Broken)?;
                let place = self.place(module);
                if module.is_root() && output.ephemeral {
                    let detail = "The outputs of the root module are stored, and an ephemeral value is not. Remove the \
                                  output, or its `ephemeral = true` with ephemeralasnull() around the value.";
                    self.say(Diagnostic::error("Ephemeral output not allowed", detail).at(output.span));
                    return Err(Broken);
                }
                self.judge(&output.preconditions, "Module output value precondition failed", &place)?;
                let value = self.kept(evaluate::evaluate(&output.value, &place))?;
                if value.deep_marks().is_ephemeral() && !output.ephemeral {
                    let detail = format!(
                        "The value of output \"{name}\" holds something ephemeral, which must not be stored. Wrap it in \
                         ephemeralasnull(), or, in a module that others call, add `ephemeral = true`."
                    );
                    self.say(Diagnostic::error("Ephemeral value not allowed", detail).at(output.span));
                    return Err(Broken);
                }
                // An apply may find secrets in what the plan could not know; they are kept, and not shown.
                let is_planning = self.around.clock.applying.is_none();
                let is_secret = is_planning && value.deep_marks().is_declared_sensitive();
                if module.is_root() && is_secret && !output.sensitive {
                    let detail = format!(
                        "The value of output \"{name}\" holds something sensitive. If you mean to show it only when \
                         asked for by name, add `sensitive = true`."
                    );
                    self.say(Diagnostic::error("Output refers to sensitive values", detail).at(output.span));
                    return Err(Broken);
                }
                Ok(if output.sensitive { value.sensitive() } else { value })
            }
        }
    }

    fn variable(&self, module: &ModulePath, name: &Name, variable: &Variable) -> Result<Value, Broken> {
        let given =
            if module.is_root() { self.root_variables.get(name).cloned() } else { self.input(module, name)? };
        let value = match (given, &variable.default) {
            (Some(value), _) if !value.is_null() || variable.nullable => value,
            // A default that does not fit was found while loading.
            (_, Some(_)) if variable.is_default_wrong => return Err(Broken),
            (_, Some(default)) => self.kept(evaluate::evaluate(default, &self.place(module)))?,
            (Some(value), None) => value,
            (None, None) => return Ok(Value::unknown(Type::Any)),
        };
        let argument = self.argument(module, name);
        let declared = |diagnostic: Diagnostic| match argument {
            Some(argument) => diagnostic.at(argument).label(variable.span, "declared here"),
            None => diagnostic.at(variable.span),
        };
        let value = evaluate::constraint::apply(&value, &variable.constraint).map_err(|mismatch| {
            let place =
                if mismatch.path.0.is_empty() { String::new() } else { format!(" at {}", mismatch.path) };
            let detail =
                format!("The value of variable \"{name}\" does not fit its type{place}: {mismatch}.");
            self.say(declared(Diagnostic::error("Invalid value for input variable", detail)));
            Broken
        })?;
        if value.is_null() && !variable.nullable {
            let detail =
                format!("The variable \"{name}\" must not be null. Set it, or say `nullable = true`.");
            self.say(declared(Diagnostic::error("Required variable not set", detail)));
            return Err(Broken);
        }
        let mut marks = Marks::NONE;
        if variable.sensitive {
            marks = marks.and(Marks::SENSITIVE);
        }
        if variable.ephemeral {
            marks = marks.and(Marks::EPHEMERAL);
        }
        let value = value.marked(marks);
        // A validation refers to the variable itself, so its value must be there before.
        self.named.borrow_mut().insert((module.clone(), Named::Variable(name.clone())), Ok(value.clone()));
        let subject = Some(argument.unwrap_or(variable.span));
        let verdict = Verdict { summary: "Invalid value for variable", subject };
        self.judge(&variable.validations, verdict, &self.place(module))?;
        Ok(value)
    }

    /// Where the call of a module sets one of its variables.
    fn argument(&self, module: &ModulePath, name: &Name) -> Option<Span> {
        let (caller, step) = module.parent()?;
        let call = self.modules.get(&caller)?.config.calls.get(&step.name)?;
        call.inputs.get(name).map(|input| input.value.span)
    }

    fn input(&self, module: &ModulePath, name: &Name) -> Result<Option<Value>, Broken> {
        let Some((caller, step)) = module.parent() else { return Ok(None) };
        let instance = self.modules.get(&caller).ok_or(Broken)?;
        let call = instance.config.calls.get(&step.name).ok_or(Broken)?;
        let Some(input) = call.inputs.get(name) else { return Ok(None) };
        let planned = self.modules.get(module).and_then(|instance| instance.each.clone());
        let each = planned.map(|planned| {
            let repeated = || Repeated::Call(caller.clone(), step.name.clone());
            self.each_now(planned, step.key.as_ref(), repeated, &call.repetition)
        });
        let stands_for = instance.calls.get(&step.name).and_then(Keys::repeats);
        let place =
            Place { world: self, module: &caller, key: step.key.as_ref(), each, stands_for, this: None };
        let value = self.kept(evaluate::evaluate(&input.value, &place))?;
        let config = self.modules.get(module).map(|instance| &instance.config);
        let variable = config.and_then(|config| config.variables.get(name));
        if value.deep_marks().is_ephemeral() && variable.is_some_and(|variable| !variable.ephemeral) {
            let detail = format!(
                "This value is ephemeral, and variable \"{name}\" of the module does not take such a value. Add \
                 `ephemeral = true` to its `variable` block, or wrap the value in ephemeralasnull()."
            );
            self.say(Diagnostic::error("Ephemeral value not allowed", detail).at(input.value.span));
            return Err(Broken);
        }
        Ok(Some(value))
    }

    /// `each.value` of an instance: while a plan is applied, what was unknown in it may be known by now.
    pub(crate) fn each_now(
        &self,
        planned: Value,
        key: Option<&Key>,
        repeated: impl FnOnce() -> Repeated,
        repetition: &Repetition,
    ) -> Value {
        if self.keeps_unknown || planned.is_wholly_known() {
            return planned;
        }
        let repeated = repeated();
        if let Some(keys) = self.settled.borrow().get(&repeated) {
            return keys.each_value(key).unwrap_or(planned);
        }
        let module = match &repeated {
            Repeated::Block(block) => &block.module,
            Repeated::Call(caller, _) => caller,
        };
        let Ok(keys) = repetition::keys(repetition, &self.place(module), Open::Refused) else {
            return planned;
        };
        let now = keys.each_value(key).unwrap_or(planned);
        // All instances look here, so the rest of them must not evaluate the whole again.
        if keys.are_wholly_known() {
            self.settled.borrow_mut().insert(repeated, keys);
        }
        now
    }

    /// Evaluates conditions that can be; says which do not hold.
    pub(crate) fn judge(
        &self,
        conditions: &[Condition],
        verdict: impl Into<Verdict>,
        place: &Place<'_, '_>,
    ) -> Result<(), Broken> {
        if place.stands_for.is_some() {
            // There may be no instance for which they would have to hold.
            return self.understand(conditions, place);
        }
        let verdict = verdict.into();
        let mut outcome = Ok(());
        for condition in conditions {
            if let Err(diagnostic) = crate::condition::judge(condition, verdict, place) {
                self.diagnostics.borrow_mut().extend(diagnostic);
                outcome = Err(Broken);
            }
        }
        outcome
    }

    /// Evaluates conditions without asking whether they hold.
    pub(crate) fn understand(&self, conditions: &[Condition], place: &Place<'_, '_>) -> Result<(), Broken> {
        conditions.iter().try_for_each(|condition| self.kept(crate::condition::understand(condition, place)))
    }

    fn kept<T>(&self, result: Result<T, recon_core::Diagnostics>) -> Result<T, Broken> {
        result.map_err(|diagnostics| {
            self.diagnostics.borrow_mut().extend(diagnostics);
            Broken
        })
    }

    fn say(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }
}

/// What stands for a value that could not be made: why was said already, so it must not be said again.
fn broken() -> Value {
    Value::unknown(Type::Any)
}

impl Scope for Place<'_, '_> {
    fn lookup(&self, lookup: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        match lookup {
            Lookup::Variable(name) => self.named(Named::Variable(name.clone()), lookup, span),
            Lookup::Local(name) => self.named(Named::Local(name.clone()), lookup, span),
            Lookup::Resource(mode, kind, name, key) => {
                let resource = self.world.address(self.module, *mode, kind, name);
                self.resource(&resource, key.as_ref(), span)
            }
            Lookup::Module(name, key, output) => self.module_call(name, key.as_ref(), output.as_ref(), span),
            Lookup::EachKey => match (self.key, &self.stands_for) {
                (Some(Key::Text(text)), _) => Ok(Value::from(text.clone())),
                (None, Some(Repeats::ForEach(_))) => Ok(some(Type::String)),
                _ => Err(misplaced("each.key", "for_each", span)),
            },
            Lookup::EachValue => match (&self.each, &self.stands_for) {
                (Some(value), _) => Ok(value.clone()),
                (None, Some(Repeats::ForEach(values))) => Ok(Value::unknown(values.clone())),
                _ => Err(misplaced("each.value", "for_each", span)),
            },
            Lookup::CountIndex => match (self.key, &self.stands_for) {
                (Some(Key::Index(index)), _) => {
                    Ok(i64::try_from(*index).map_or_else(|_| broken(), Value::from))
                }
                (None, Some(Repeats::Count)) => Ok(some(Type::Number)),
                _ => Err(misplaced("count.index", "count", span)),
            },
            Lookup::This => self.this.cloned().ok_or_else(|| {
                let detail = "`self` means something only in a postcondition of the block.";
                Diagnostic::error("Invalid \"self\" reference", detail).at(span)
            }),
            Lookup::Path(name) => self.path(name, span),
            Lookup::Workspace => Ok(Value::from(self.world.around.workspace)),
        }
    }

    fn repetition(&self, mode: ResourceMode, kind: &Name, name: &Name) -> Option<&Repetition> {
        let config = &self.world.modules.get(self.module)?.config;
        config.resources.get(&(mode, kind.clone(), name.clone())).map(|resource| &resource.repetition)
    }

    fn files(&self) -> &dyn Files {
        self.world.around.files
    }

    fn clock(&self) -> Clock {
        self.world.around.clock
    }
}

/// A value that is not known, and not null.
fn some(ty: Type) -> Value {
    recon_core::Data::Unknown(Unknown::not_null(ty)).into()
}

fn misplaced(name: &str, argument: &str, span: Span) -> Diagnostic {
    let detail = format!("`{name}` means something only in a block in which `{argument}` is set.");
    Diagnostic::error("Reference outside of a repeated block", detail).at(span)
}

impl Place<'_, '_> {
    fn named(&self, named: Named, lookup: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        let config = self.world.modules.get(self.module).map(|instance| &instance.config);
        let declared = config.is_some_and(|config| match &named {
            Named::Variable(name) => config.variables.contains_key(name),
            Named::Local(name) => config.locals.contains_key(name),
            Named::Output(name) => config.outputs.contains_key(name),
        });
        if declared {
            return Ok(self.world.named(self.module, named).unwrap_or_else(|Broken| broken()));
        }
        self.undeclared(lookup, span)
    }

    /// What leads nowhere is reported once, by whoever finds it first.
    fn undeclared(&self, lookup: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        use recon_parser::reference::{Reference, Target};
        let target = match lookup {
            Lookup::Variable(name) => Target::Variable(name.clone()),
            Lookup::Local(name) => Target::Local(name.clone()),
            Lookup::Resource(mode, kind, name, _) => Target::Resource(*mode, kind.clone(), name.clone()),
            Lookup::Module(name, _, output) => Target::Module(name.clone(), output.clone()),
            _ => {
                return Err(Diagnostic::error("Invalid reference", "This name has no meaning here.").at(span));
            }
        };
        let Some(instance) = self.world.modules.get(self.module) else { return Ok(broken()) };
        let is_reported = self.world.nodes.undeclared.iter().any(|(module, known)| match (known, &target) {
            _ if *module != instance.id => false,
            // Whichever of its outputs was asked for.
            (Target::Module(known, _), Target::Module(name, _)) => known == name,
            _ => *known == target,
        });
        if is_reported || crate::undeclared::may_be_lost(&instance.config, &target) {
            return Ok(broken());
        }
        Err(crate::undeclared::diagnose(&instance.config, &Reference { target, span }))
    }

    fn resource(
        &self,
        resource: &ResourceAddress,
        key: Option<&Key>,
        span: Span,
    ) -> Result<Value, Diagnostic> {
        let world = self.world;
        let Some(keys) = world.keys(resource) else {
            let declared = world.modules.get(self.module).is_some_and(|instance| {
                let what = What::Resource(resource.mode, resource.kind.clone(), resource.name.clone());
                world.nodes.find(instance.id, &what).is_some()
            });
            if declared {
                return Ok(broken());
            }
            let lookup = Lookup::Resource(resource.mode, resource.kind.clone(), resource.name.clone(), None);
            return self.undeclared(&lookup, span);
        };
        if matches!(keys, Keys::Broken) {
            return Ok(broken());
        }
        if key.is_none() {
            return Ok(world.whole(resource).unwrap_or_else(broken));
        }
        if matches!(keys, Keys::Open(_)) {
            return Ok(world.instance(resource, None).cloned().unwrap_or_else(broken));
        }
        // `a.b[0]` of a block without `count` is an index into the object, which the evaluator explains better.
        if matches!(keys, Keys::Once) {
            return Err(no_instance(resource, key, keys, span));
        }
        match world.instance(resource, key) {
            Some(value) => Ok(value.clone()),
            None if keys.has(key) => Ok(broken()),
            None => Err(no_instance(resource, key, keys, span)),
        }
    }

    fn module_call(
        &self,
        name: &Name,
        key: Option<&Key>,
        output: Option<&Name>,
        span: Span,
    ) -> Result<Value, Diagnostic> {
        let world = self.world;
        let keys = world.modules.get(self.module).and_then(|instance| instance.calls.get(name));
        let Some(keys) = keys else {
            let declared =
                world.modules.get(self.module).is_some_and(|own| own.config.calls.contains_key(name));
            let lookup = Lookup::Module(name.clone(), None, output.cloned());
            return if declared { Ok(broken()) } else { self.undeclared(&lookup, span) };
        };
        let outputs = |key: Option<Key>| self.outputs(&self.module.child(name.clone(), key), output, span);
        match (keys, key) {
            (Keys::Broken, _) => Ok(broken()),
            (Keys::Once, None) | (Keys::Open(_), Some(_)) => outputs(None),
            (_, Some(key)) if keys.has(Some(key)) => outputs(Some(key.clone())),
            // All instances together have no outputs; what they have instead, the evaluator explains.
            (_, None) if output.is_some() => {
                let detail =
                    format!("The module call \"{name}\" has several instances. Name one of them by its key.");
                Err(Diagnostic::error("Unsupported attribute", detail).at(span))
            }
            (Keys::Open(_), None) => Ok(broken()),
            (Keys::Count(count), None) => (0..*count)
                .map(|index| outputs(Some(Key::Index(index))))
                .collect::<Result<_, _>>()
                .map(Value::tuple),
            (Keys::ForEach(entries), None) => {
                let each =
                    entries.keys().map(|key| Ok((key.clone(), outputs(Some(Key::Text(key.clone())))?)));
                each.collect::<Result<Vec<_>, Diagnostic>>().map(Value::object)
            }
            (_, Some(key)) => {
                let detail = format!("The module call \"{name}\" has no instance with the key {key}.");
                Err(Diagnostic::error("Invalid index", detail).at(span))
            }
        }
    }

    fn outputs(&self, module: &ModulePath, output: Option<&Name>, span: Span) -> Result<Value, Diagnostic> {
        let world = self.world;
        let value =
            |name: &Name| world.named(module, Named::Output(name.clone())).unwrap_or_else(|Broken| broken());
        let Some(instance) = world.modules.get(module) else { return Ok(broken()) };
        if instance.config.gaps.has_files {
            return Ok(broken());
        }
        let Some(output) = output else {
            return Ok(Value::object(instance.config.outputs.keys().map(|name| (name.clone(), value(name)))));
        };
        if instance.config.outputs.contains_key(output) {
            return Ok(value(output));
        }
        let advice = did_you_mean(output, instance.config.outputs.keys().map(|name| &**name));
        let detail = format!("The module has no output named \"{output}\".{advice}");
        Err(Diagnostic::error("Unsupported attribute", detail).at(span))
    }

    fn path(&self, name: &Name, span: Span) -> Result<Value, Diagnostic> {
        match &**name {
            "module" => {
                let instance = self.world.modules.get(self.module);
                Ok(Value::from(instance.map_or(".", |instance| &instance.config.directory)))
            }
            "root" => Ok(Value::from(".")),
            "cwd" => Ok(Value::from(self.world.around.files.current_directory())),
            other => {
                let detail =
                    format!("`path.{other}` does not exist. There are path.module, path.root and path.cwd.");
                Err(Diagnostic::error("Invalid \"path\" attribute", detail).at(span))
            }
        }
    }
}

fn no_instance(resource: &ResourceAddress, key: Option<&Key>, keys: &Keys, span: Span) -> Diagnostic {
    let key = key.map(ToString::to_string).unwrap_or_default();
    let has = match keys {
        Keys::Once => "has neither count nor for_each, so it has no instance keys".to_owned(),
        Keys::Count(count) => format!("has {count} instances, counted from 0"),
        Keys::ForEach(entries) => {
            let keys: Vec<String> = entries.keys().take(8).map(|key| format!("\"{key}\"")).collect();
            format!("has instances with the keys {}", keys.join(", "))
        }
        Keys::Open(_) | Keys::Broken => "has no instances".to_owned(),
    };
    let detail = format!("There is no instance {resource}{key}: the block {has}.");
    Diagnostic::error("Invalid index", detail).at(span)
}
