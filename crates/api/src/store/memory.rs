//! The store in memory: for tests in virtual time, where a database's threads would not be waited
//! for. It keeps the same contract (`tests/store`).

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use order::api::{Event, StepName};

use super::{
    Admission, Changes, Count, Created, Intent, IntentChange, IntentState, Invite, NewDeployment,
    Pass, Record, Store, StoreError,
};

/// The store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Tables>);

#[derive(Debug, Default, Clone)]
struct Tables {
    rows: BTreeMap<String, Row>,
    events: Vec<(u64, String, Event)>,
    intents: u64,
    nonces: BTreeMap<(String, String), u64>,
    invites: Vec<Invite>,
}

#[derive(Debug, Clone)]
struct Row {
    record: Record,
    key: String,
    body_hash: String,
    subject: String,
    password: Option<Vec<u8>>,
}

/// What was written until now: a backup.
impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.tables().clone()))
    }
}

impl MemoryStore {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Invite {
    fn is_usable(&self, site: &str, hash: &str, now: u64) -> bool {
        self.hash == hash && self.site == site && self.uses_left > 0 && self.expires > now
    }
}

impl Tables {
    fn record(&self, row: &Row) -> Record {
        let mut record = row.record.clone();
        record.password_available = row.password.is_some();
        let own = |e: &&(u64, String, Event)| e.1 == record.id;
        record.last_event = self.events.iter().rev().find(own).map_or(0, |e| e.0);
        record.intents.retain(|i| i.state != IntentState::Closed);
        record
    }

    fn append(&mut self, id: &str, event: Event) {
        let seq = self.events.last().map_or(1, |e| e.0 + 1);
        self.events.push((seq, id.to_owned(), event));
    }

    fn by_key(&self, site: &str, key: &str, body_hash: &str) -> Option<Created> {
        let row = self
            .rows
            .values()
            .find(|r| r.record.site == site && r.key == key)?;
        Some(match row.body_hash == body_hash {
            true => Created::Again(self.record(row)),
            false => Created::KeyReused,
        })
    }

    /// Uses the pass up, unless it or a quota stands in the way.
    fn refuses(&mut self, record: &Record, admission: &Admission) -> Option<Created> {
        let (quota, now) = (&admission.quota, record.created_at);
        let of_site = || self.rows.values().filter(|r| r.record.site == record.site);
        let living = || of_site().filter(|r| !r.record.state.is_over());
        let full = |limit: u32, used: usize| limit > 0 && used >= limit as usize;
        if full(quota.running, living().count()) {
            return Some(Created::TooManyRunning);
        }
        let today = of_site().filter(|r| r.record.created_at > now.saturating_sub(super::DAY));
        if full(quota.per_day, today.count()) {
            return Some(Created::TooManyToday);
        }
        let own = living().filter(|r| r.subject == admission.subject);
        if full(quota.per_subject, own.count()) {
            return Some(Created::TooManyOfSubject);
        }
        let good = match &admission.pass {
            Pass::None => true,
            Pass::Nonce { nonce, until } => {
                self.nonces.retain(|_, until| *until > now);
                let key = (record.site.clone(), nonce.clone());
                self.nonces.insert(key, *until).is_none()
            }
            Pass::Invite(hash) => {
                let mut invites = self.invites.iter_mut();
                let invite = invites.find(|i| i.is_usable(&record.site, hash, now));
                invite.map(|i| i.uses_left -= 1).is_some()
            }
        };
        (!good).then_some(Created::PassUsed)
    }

    fn is_taken(&self, address: &str, quarantined_since: u64) -> bool {
        self.rows.values().map(|r| &r.record).any(|r| {
            let was_ready = r.ready_at.is_some() && r.ended_at >= Some(quarantined_since);
            r.address == address && (!r.state.is_over() || was_ready)
        })
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn database_id(&self) -> &str {
        "memory"
    }

    async fn create(&self, new: NewDeployment) -> Result<Created, StoreError> {
        let mut tables = self.tables();
        let NewDeployment {
            record,
            key,
            body_hash,
            quarantined_since,
            admission,
        } = new;
        if let Some(before) = tables.by_key(&record.site, &key, &body_hash) {
            return Ok(before);
        }
        if tables.is_taken(&record.address, quarantined_since) {
            return Ok(Created::AddressTaken);
        }
        if let Some(refused) = tables.refuses(&record, &admission) {
            return Ok(refused);
        }
        let (id, event) = (
            record.id.clone(),
            record.state_event(None, record.created_at),
        );
        tables.append(&id, event);
        let row = Row {
            record,
            key,
            body_hash,
            subject: admission.subject,
            password: None,
        };
        let created = tables.record(&row);
        tables.rows.insert(id, row);
        Ok(Created::New(created))
    }

    async fn add_invite(&self, invite: Invite) -> Result<(), StoreError> {
        self.tables().invites.push(invite);
        Ok(())
    }

    async fn invites(&self) -> Result<Vec<Invite>, StoreError> {
        let mut invites = self.tables().invites.clone();
        invites.sort_by_key(|i| std::cmp::Reverse(i.expires));
        Ok(invites)
    }

    async fn is_invited(&self, site: &str, hash: &str, now: u64) -> Result<bool, StoreError> {
        let mut invites = self.tables().invites.clone().into_iter();
        Ok(invites.any(|i| i.is_usable(site, hash, now)))
    }

    async fn find_key(
        &self,
        site: &str,
        key: &str,
        body_hash: &str,
    ) -> Result<Option<Created>, StoreError> {
        Ok(self.tables().by_key(site, key, body_hash))
    }

    async fn address_is_taken(
        &self,
        address: &str,
        quarantined_since: u64,
    ) -> Result<bool, StoreError> {
        Ok(self.tables().is_taken(address, quarantined_since))
    }

    async fn get(&self, id: &str) -> Result<Option<Record>, StoreError> {
        let tables = self.tables();
        Ok(tables.rows.get(id).map(|row| tables.record(row)))
    }

    async fn save(&self, record: &mut Record, changes: Changes) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let conflict = || StoreError::Conflict(record.id.clone());
        let open = |i: &Intent| i.state == IntentState::Open;
        let busy = tables
            .rows
            .values()
            .any(|r| r.record.intents.iter().any(open));
        let number = tables.intents + 1;
        let row = tables.rows.get_mut(&record.id).ok_or_else(conflict)?;
        if row.record.version != record.version {
            return Err(conflict());
        }
        if busy && matches!(changes.intent, Some(IntentChange::Open(..))) {
            return Err(StoreError::SignerBusy);
        }
        let (cancel, intents) = (row.record.cancel, std::mem::take(&mut row.record.intents));
        row.record = Record {
            version: record.version + 1,
            cancel,
            intents,
            ..record.clone()
        };
        // What is over has no journal, but for what the sweeper signs afterwards.
        if row.record.state.is_over() {
            row.record.intents.clear();
        }
        let intents = &mut row.record.intents;
        let set = |intents: &mut Vec<Intent>, id, state| {
            intents
                .iter_mut()
                .filter(|i| i.id == id)
                .for_each(|i| i.state = state);
        };
        match changes.intent {
            None => {}
            Some(IntentChange::Included(id)) => set(intents, id, IntentState::Included),
            Some(IntentChange::Closed(id)) => set(intents, id, IntentState::Closed),
            Some(IntentChange::Open(kind, batch)) => {
                let id = i64::try_from(number).unwrap_or(i64::MAX);
                intents.push(Intent {
                    id,
                    kind,
                    state: IntentState::Open,
                    batch,
                });
            }
        }
        row.password = changes.password.or(row.password.take());
        if row.record.state.is_over() {
            row.password = None;
        }
        tables.intents = number;
        for event in changes.events {
            tables.append(&record.id, event);
        }
        if let Some(row) = tables.rows.get(&record.id) {
            *record = tables.record(row);
        }
        Ok(())
    }

    async fn request_cancel(&self, id: &str) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let row = tables.rows.get_mut(id);
        Ok(row.map(|row| row.record.cancel = true).is_some())
    }

    async fn take_password(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .tables()
            .rows
            .get_mut(id)
            .and_then(|row| row.password.take()))
    }

    async fn events(&self, id: &str, after: u64) -> Result<Vec<(u64, Event)>, StoreError> {
        let tables = self.tables();
        let wanted = |e: &&(u64, String, Event)| e.1 == id && e.0 > after;
        let events = tables.events.iter().filter(wanted).take(500);
        Ok(events
            .map(|(seq, _, event)| (*seq, event.clone()))
            .collect())
    }

    async fn signer_is_busy(&self) -> Result<bool, StoreError> {
        let tables = self.tables();
        let mut intents = tables.rows.values().flat_map(|row| &row.record.intents);
        Ok(intents.any(|intent| intent.state == IntentState::Open))
    }

    async fn open(&self) -> Result<Vec<String>, StoreError> {
        let tables = self.tables();
        let keeps_signer = |r: &Record| r.intents.iter().any(|i| i.state == IntentState::Open);
        let mut open: Vec<&Record> = tables
            .rows
            .values()
            .map(|row| &row.record)
            .filter(|r| !r.is_settled() || keeps_signer(r))
            .collect();
        open.sort_by_key(|r| r.created_at);
        Ok(open.into_iter().map(|r| r.id.clone()).collect())
    }

    async fn list(&self, limit: u32) -> Result<Vec<Record>, StoreError> {
        let tables = self.tables();
        let mut records: Vec<Record> = tables.rows.values().map(|r| tables.record(r)).collect();
        records.sort_by_key(|r| std::cmp::Reverse(r.created_at));
        records.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(records)
    }

    async fn accepted_since(&self, at: u64) -> Result<u64, StoreError> {
        let tables = self.tables();
        let since = tables.rows.values().filter(|r| r.record.created_at >= at);
        Ok(since.count() as u64)
    }

    async fn count(&self) -> Result<Vec<Count>, StoreError> {
        let mut counts: Vec<Count> = Vec::new();
        for row in self.tables().rows.values() {
            let (state, size) = (row.record.state, &row.record.order.size);
            match counts
                .iter_mut()
                .find(|c| c.state == state && c.size == *size)
            {
                Some(count) => count.deployments += 1,
                None => counts.push(Count {
                    state,
                    size: size.clone(),
                    deployments: 1,
                }),
            }
        }
        Ok(counts)
    }

    async fn usual_seconds(&self) -> Result<Vec<(StepName, u32)>, StoreError> {
        let tables = self.tables();
        let mut ready: Vec<&Record> = tables
            .rows
            .values()
            .map(|r| &r.record)
            .filter(|r| r.ready_at.is_some())
            .collect();
        ready.sort_by_key(|r| std::cmp::Reverse(r.ready_at));
        ready.truncate(50);
        Ok(super::medians(&ready))
    }
}
