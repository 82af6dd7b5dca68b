//! One refresh: the objects that are being read together, and the answers that their reads share.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use recon_core::Known;
use recon_core::provider::{Observed, ProviderError};
use tokio::sync::OnceCell;

type Answer = Result<Arc<dyn Any + Send + Sync>, ProviderError>;
type Group = Arc<BTreeMap<String, Vec<usize>>>;

/// The reads of one refresh. A call that several objects need goes out once, and all of them wait for it.
#[derive(Default)]
pub(crate) struct Snapshot {
    observed: Vec<Observed>,
    by_kind: BTreeMap<String, Vec<usize>>,
    /// Whether what nobody declared is looked for, so that lists are worth more than single reads.
    is_survey: bool,
    /// Hashed: only ever looked up.
    answers: Mutex<HashMap<String, Arc<OnceCell<Answer>>>>,
    /// Hashed: only ever looked up.
    groups: Mutex<HashMap<(String, String), Group>>,
}

impl Snapshot {
    /// A refresh of these objects.
    pub(crate) fn of(observed: &[Observed]) -> Self {
        let mut by_kind: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, object) in observed.iter().enumerate() {
            by_kind.entry(object.kind.to_string()).or_default().push(index);
        }
        Self { observed: observed.to_vec(), by_kind, ..Self::default() }
    }

    /// A refresh of other objects that knows what this one was answered.
    pub(crate) fn after(&self, observed: &[Observed]) -> Self {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self { answers: Mutex::new(answers), ..Self::of(observed) }
    }

    /// A refresh of these objects that also looks for what nobody declared.
    pub(crate) fn surveying(observed: &[Observed]) -> Self {
        Self { is_survey: true, ..Self::of(observed) }
    }

    /// Whether what nobody declared is looked for.
    pub(crate) fn is_survey(&self) -> bool {
        self.is_survey
    }

    /// The answer of a shared call, if it went out and succeeded.
    pub(crate) fn peek<T: Send + Sync + 'static>(&self, key: &str) -> Option<Arc<T>> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = Arc::clone(answers.get(key)?.get()?.as_ref().ok()?);
        answer.downcast::<T>().ok()
    }

    /// Whether a shared call went out and was answered, so that its answer costs nothing more.
    pub(crate) fn knows(&self, key: &str) -> bool {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(key).is_some_and(|answer| answer.get().is_some_and(Result::is_ok))
    }

    /// All objects of this refresh.
    pub(crate) fn observed(&self) -> &[Observed] {
        &self.observed
    }

    /// The objects of one type.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Known> {
        self.by_kind.get(kind).into_iter().flatten().map(|index| &self.observed[*index].have)
    }

    /// How many objects of one type there are.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.by_kind.get(kind).map_or(0, Vec::len)
    }

    /// The objects of one type whose attribute has that text; grouped once, so that asking for every object of a
    /// fleet stays linear.
    pub(crate) fn siblings(&self, kind: &str, attribute: &str, text: &str) -> Vec<&Known> {
        let group = self.group(kind, attribute);
        group.get(text).into_iter().flatten().map(|index| &self.observed[*index].have).collect()
    }

    fn group(&self, kind: &str, attribute: &str) -> Group {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = groups.entry((kind.to_owned(), attribute.to_owned()));
        Arc::clone(entry.or_insert_with(|| {
            let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for index in self.by_kind.get(kind).into_iter().flatten() {
                if let Some(text) = self.observed[*index].have.str(attribute) {
                    found.entry(text.to_owned()).or_default().push(*index);
                }
            }
            Arc::new(found)
        }))
    }

    /// The answer of a call that objects share. The first to ask makes the call; the others wait for it. One key
    /// always has one type.
    pub(crate) async fn once<T, F, Fut>(&self, key: String, ask: F) -> Result<Arc<T>, ProviderError>
    where
        T: Send + Sync + 'static,
        F: FnOnce() -> Fut + Send,
        Fut: Future<Output = Result<T, ProviderError>> + Send,
    {
        let cell = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry(key).or_default())
        };
        let answer = cell
            .get_or_init(|| async {
                let answer = ask().await?;
                Ok(Arc::new(answer) as Arc<dyn Any + Send + Sync>)
            })
            .await;
        let answer = Arc::clone(answer.as_ref().map_err(Clone::clone)?);
        Ok(answer.downcast::<T>().expect("one key of a snapshot has one type"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use recon_core::Value;
    use recon_core::provider::ErrorKind;

    use super::*;

    #[tokio::test]
    async fn a_shared_call_goes_out_once() {
        let snapshot = Snapshot::default();
        let calls = AtomicU32::new(0);
        let ask = || async {
            calls.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok::<_, ProviderError>(7_u32)
        };
        let (a, b) = tokio::join!(snapshot.once("k".into(), ask), snapshot.once("k".into(), ask));
        assert_eq!((*a.unwrap(), *b.unwrap(), calls.load(Ordering::SeqCst)), (7, 7, 1));
    }

    #[tokio::test]
    async fn a_failed_call_fails_everybody_who_shares_it() {
        let snapshot = Snapshot::default();
        let ask = || async { Err::<u32, _>(ProviderError::new(ErrorKind::Service, "x:Y", "no")) };
        assert!(snapshot.once("k".into(), ask).await.is_err());
        let not_asked = || async { Ok(1_u32) };
        assert_eq!(snapshot.once("k".into(), not_asked).await.unwrap_err().kind, ErrorKind::Service);
    }

    #[test]
    fn siblings_share_the_text_of_an_attribute() {
        let alias = |function: &str| Observed {
            kind: "aws_lambda_alias".into(),
            have: Known::with_nulls(&Value::object([("function_name", Value::from(function))])),
        };
        let snapshot = Snapshot::of(&[alias("a"), alias("b"), alias("a")]);
        assert_eq!(snapshot.siblings("aws_lambda_alias", "function_name", "a").len(), 2);
        assert_eq!(snapshot.siblings("aws_lambda_alias", "function_name", "c").len(), 0);
    }
}
