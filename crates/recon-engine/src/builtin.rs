//! `terraform_data`: the one resource type that needs no service.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use recon_core::provider::{ErrorKind, Failed, Observed, Provider, ProviderError, Reach, Survey};
use recon_core::resource_type::{Catalog, Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, block, computed, optional};
use recon_core::{Known, Path, Type, Value};

/// The provider's name, as in Terraform.
pub(crate) const NAME: &str = "terraform";

/// Adds `terraform_data` to a catalog.
pub fn register(catalog: &mut Catalog) {
    let provider = Schema { version: 0, doc: "What needs no service.", block: block([], []) };
    catalog.add(NAME, provider, vec![Box::new(TerraformData::new())], Vec::new());
}

struct TerraformData {
    schema: Schema,
}

impl TerraformData {
    fn new() -> Self {
        let attributes = [
            ("id", computed(Type::String, "A unique id, made with the instance.")),
            ("input", optional(Type::Any, "Any value; `output` repeats it.")),
            ("output", computed(Type::Any, "The value of `input`, known after apply where that is.")),
            (
                "triggers_replace",
                optional(Type::Any, "Any value whose change replaces the instance.").replaces(),
            ),
        ];
        let doc = "Stores a value, and stands for something to be replaced or waited for.";
        Self { schema: Schema { version: 0, doc, block: block(attributes, []) } }
    }
}

impl ResourceType for TerraformData {
    fn name(&self) -> &'static str {
        "terraform_data"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let Proposal { prior, proposed, .. } = proposal;
        let input = proposed.get("input");
        let changed = prior.is_none_or(|prior| !prior.get("input").same(input));
        let planned = if input.is_null() {
            proposed.with("output", Value::null(Type::Any))
        } else if changed {
            let output = Value::unknown(input.ty()).marked(input.marks);
            proposed.with("output", output)
        } else {
            proposed
        };
        // Its type decides too: "1" is not 1, though neither is a change of a converted argument elsewhere.
        let replace = prior
            .is_some_and(|prior| prior.get("triggers_replace").ty() != planned.get("triggers_replace").ty());
        let replace = replace && !planned.get("triggers_replace").is_unknown();
        let differs =
            prior.is_some_and(|prior| !prior.get("triggers_replace").same(planned.get("triggers_replace")));
        let paths = if replace && differs { vec![Path::attribute("triggers_replace")] } else { Vec::new() };
        Refined::Ready { planned, replace: paths }
    }
}

/// Makes `terraform_data` instances.
pub(crate) struct Builtin;

impl Builtin {
    /// The provider.
    pub(crate) fn provider() -> Arc<dyn Provider> {
        Arc::new(Self)
    }
}

/// A new instance of `want`; needs nobody's answer, so the engine may call it without waiting.
pub(crate) fn create(want: &Known) -> Known {
    let id = uuid::Uuid::new_v4().to_string();
    finish(want).with_part("id", Known::with_nulls(&Value::from(id)))
}

/// `have`, changed to `want`.
pub(crate) fn update(have: &Known, want: &Known) -> Known {
    finish(want).with_part("id", have.part("id"))
}

fn finish(want: &Known) -> Known {
    want.clone().with_part("output", want.part("input"))
}

#[async_trait]
impl Provider for Builtin {
    async fn observe(&self, objects: &[Observed], _reach: Reach) -> Survey {
        let answers = objects.iter().map(|object| Ok(Some(object.have.clone()))).collect();
        Survey { answers, ..Survey::default() }
    }

    async fn create(&self, _kind: &str, want: &Known) -> Result<Known, Failed> {
        Ok(create(want))
    }

    async fn update(&self, _kind: &str, have: &Known, want: &Known) -> Result<Known, Failed> {
        Ok(update(have, want))
    }

    async fn delete(&self, _kind: &str, _have: &Known) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn import(&self, _kind: &str, id: &str) -> Result<Option<Known>, ProviderError> {
        let null = || Value::null(Type::Any);
        let parts =
            [("id", Value::from(id)), ("input", null()), ("output", null()), ("triggers_replace", null())];
        Ok(Some(Known::with_nulls(&Value::object(parts))))
    }

    async fn adopt(&self, _kind: &str, _want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        Ok(Vec::new())
    }

    async fn read_data(&self, kind: &str, _config: &Known) -> Result<Known, ProviderError> {
        Err(unsupported(kind))
    }

    async fn answer(&self, kind: &str, _question: &Known) -> Result<Known, ProviderError> {
        Err(unsupported(kind))
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }
}

fn unsupported(kind: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unsupported, kind, "there is nothing to ask")
}
