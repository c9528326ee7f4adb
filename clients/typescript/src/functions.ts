/* Made by `make fix` from the registry of functions. Not to be edited. */
/* eslint-disable */

/** Fields of an activity to change; those not sent stay. Outcome and seconds are those of calls. */
export interface ActivityChanges {
  body?: string;
  direction?: "" | "in" | "out";
  occurred_at?: string;
  outcome?: "" | "connected" | "voicemail" | "no_answer" | "busy" | "wrong_number";
  seconds?: number | null;
}

/** The mail behind an entry of a timeline, and how its delivery fares. */
export interface ActivityMailRow {
  id: number;
  activity_id: number;
  thread_id: number;
  subject: string;
  state: ("queued" | "sending" | "sent" | "bounced" | "failed" | "suppressed") | null;
  error: string | null;
  opened_at: string | null;
  clicked_at: string | null;
}

/** An entry of a timeline. Fields that the role hides are absent; names are null for what is out of sight. */
export interface ActivityRow {
  id: number;
  kind: "note" | "call" | "text" | "email" | "meeting" | "system";
  subject: "contact" | "deal" | "company";
  contact_id?: number | null;
  contact_name?: string | null;
  deal_id: number | null;
  deal_title: string | null;
  company_id: number | null;
  company_name: string | null;
  actor_id: number | null;
  actor_name: string | null;
  direction?: "" | "in" | "out";
  occurred_at: string;
  pinned_at?: string | null;
  body?: string;
  mentioned?: string[];
  outcome: ("" | "connected" | "voicemail" | "no_answer" | "busy" | "wrong_number") | null;
  seconds: number | null;
  payload?: Record<string, unknown>;
  source: string;
  external_id: string;
  owner_id: number | null;
  team_id: number | null;
  created_at: string;
  updated_at: string;
  archived_at: string | null;
  version: number;
}

/** Write on the record's timeline. */
export interface AddNote {
  id: string;
  kind: "add_note";
  body: string;
}

/** Tag the contact. */
export interface AddTag {
  id: string;
  kind: "add_tag";
  tag: string;
}

/** What to change about a postal address. */
export interface AddressChanges {
  label?: "work" | "home" | "other";
  street?: string;
  city?: string;
  region?: string;
  postal_code?: string;
  /** ISO 3166-1 code of two letters, or nothing. */
  country?: string;
  is_primary?: boolean;
}

/** One of a contact's postal addresses. */
export interface AddressRow {
  id: number;
  label: string;
  street: string;
  city: string;
  region: string;
  postal_code: string;
  country: string;
  is_primary: boolean;
}

/** Every part must hold; a group without parts holds always. */
export interface AllOf {
  all: (Condition | AllOf | AnyOf)[];
}

/** Whether a contact has answered. */
export interface Answered {
  replied: boolean;
}

/** One part at least must hold; a group without parts holds always. */
export interface AnyOf {
  any: (Condition | AllOf | AnyOf)[];
}

/** An API key, without its secret. */
export interface ApiKeyRow {
  id: number;
  name: string;
  prefix: string;
  member_id: number;
  member_name: string | null;
  scopes: string[];
  allowed_addresses: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

/** Give the record to a member, or to the next one of a routing rule. */
export interface Assign {
  id: string;
  kind: "assign";
  member_id?: number | null;
  rule_id?: number | null;
}

/** A file on a record: what it is called, its size in bytes, its digest, and who attached it. */
export interface AttachmentRow {
  id: number;
  subject: "contact" | "deal" | "company";
  contact_id: number | null;
  deal_id: number | null;
  company_id: number | null;
  activity_id: number | null;
  filename: string;
  size: number;
  sha256: string;
  content_type: string;
  actor_id: number | null;
  actor_name: string | null;
  owner_id: number | null;
  team_id: number | null;
  created_at: string;
  archived_at: string | null;
  version: number;
}

/** A try of a step that did not succeed. */
export interface AttemptRow {
  position: string;
  number: number;
  error: Record<string, unknown>;
  at: string;
}

/** One mutation that committed; ``changes`` is ``{field: [before, after]}``. */
export interface AuditRow {
  id: number;
  at: string;
  function: string;
  actor_kind: string;
  actor_id: number | null;
  actor_name: string | null;
  credential: string;
  object: string;
  object_id: number | null;
  changes: Record<string, unknown>;
  request_id: string;
}

/** What may be changed of an automation; the definition is its draft. */
export interface AutomationChanges {
  name?: string;
  description?: string;
  definition?: Definition | null;
}

/** An automation with its draft, what keeps the draft from being published, and its versions, the newest first. */
export interface AutomationDetail {
  id: number;
  name: string;
  description: string;
  trigger: string;
  object: string;
  is_on: boolean;
  is_changed: boolean;
  number: number | null;
  started: number;
  last_started_at: string | null;
  trouble: string;
  updated_at: string;
  version: number;
  definition: Record<string, unknown>;
  problems: string[];
  step_problems: StepProblem[];
  published_problems: string[];
  webhook_path: string;
  versions: VersionRow[];
}

/** An automation's id and version. */
export interface AutomationRef {
  id: number;
  version: number;
}

/** An automation in a list: whether it is on, and which version it runs. */
export interface AutomationRow {
  id: number;
  name: string;
  description: string;
  trigger: string;
  object: string;
  is_on: boolean;
  is_changed: boolean;
  number: number | null;
  started: number;
  last_started_at: string | null;
  trouble: string;
  updated_at: string;
  version: number;
}

/** A record that went through an automation, and how its run stands. Without a run ``note`` says why none began. */
export interface AutomationRunRow {
  id: number;
  run_id: number | null;
  number: number;
  object: string;
  record_id: number;
  record_name: string;
  started_at: string;
  status: ("running" | "waiting" | "paused" | "cancelling" | "blocked" | "completed" | "failed" | "cancelled") | null;
  note: string;
  finished_at: string | null;
}

/** Records that a time has come for: how many began, and where to go on. */
export interface Batch {
  began: number;
  after_id: number | null;
}

/** Why one item was refused, as the item's own request would have been. */
export interface BatchError {
  status: number;
  code: string;
  title: string;
  detail: string;
  errors: Record<string, string>[];
}

/** The run that was started; null if the record is going through the automation already. */
export interface Began {
  run_id: number | null;
}

/** An invoice, as a provider's event tells of it. */
export interface BillOf {
  id: string;
  number?: string;
  amount: number | string;
  currency: string;
  is_paid: boolean;
  issued_at: string;
  url?: string;
}

/** How the firm's subscription stands. Without a plan the deployment asks for no money. */
export interface BillingState {
  state: "trialing" | "active" | "past_due" | "locked" | "cancelled";
  plan: PlanRow | null;
  seats: number | null;
  used_seats: number;
  trial_ends_at: string | null;
  grace_ends_at: string | null;
  period_ends_at: string | null;
  days_left: number | null;
  can_pay: boolean;
}

/** A record in the bin; ``known_as`` is empty for a contact without a name, the kind for an activity. */
export interface BinRow {
  id: number;
  known_as: string;
  owner_id: number | null;
  owner_name: string | null;
  archived_at: string;
}

/** A pipeline as a board. */
export interface BoardRow {
  pipeline_id: number;
  name: string;
  columns: ColumnRow[];
}

/** The address that takes no mail. */
export interface Bounced {
  address: string;
}

/** Go one way or the other. */
export interface Branch {
  id: string;
  kind: "branch";
  test: Replied | Matches;
  yes?: (CrmAutomationsDefinitionWait | WaitFor | CreateTask | CreateRecord | UpdateField | MoveStage | Assign | AddTag | AddNote | Notify | SendEmail | CallWebhook | ClaimPool | Enroll | Unenroll | Stop | Branch)[];
  no?: (CrmAutomationsDefinitionWait | WaitFor | CreateTask | CreateRecord | UpdateField | MoveStage | Assign | AddTag | AddNote | Notify | SendEmail | CallWebhook | ClaimPool | Enroll | Unenroll | Stop | Branch)[];
}

/** Somebody starts it for a record. */
export interface ByHand {
  kind: "by_hand";
  object?: "contact" | "company" | "deal" | "task";
}

/** Send the record's fields to another program. */
export interface CallWebhook {
  id: string;
  kind: "call_webhook";
  url: string;
}

/** What brought them: the usual five words of a link, and the page. */
export interface Campaign {
  name?: string;
  source?: string;
  medium?: string;
  term?: string;
  content?: string;
  url?: string;
}

/** A deal on the board, in the order of rank and id. Fields that the role hides are absent. */
export interface CardRow {
  id: number;
  title: string;
  amount?: string;
  currency?: string;
  stage_id: number;
  status: string;
  contact_id?: number | null;
  contact_name?: string | null;
  company_id?: number | null;
  company_name?: string | null;
  close_date?: string | null;
  stage_entered_at: string;
  rots_at: string | null;
  owner_id: number | null;
  owner_name: string | null;
  team_id: number | null;
  rank: string;
  version: number;
}

/** Changes in order, the position after them, and whether more are waiting already. */
export interface ChangePage {
  changes: RowChange[];
  cursor: string;
  has_more: boolean;
}

/** The provider's page on which the chosen plan is paid for. */
export interface CheckoutLink {
  url: string;
  plan: string;
  seats: number;
}

/** Something to choose from: a member, a stage, a company. */
export interface Choice {
  id: number;
  name: string;
}

/** Whether there is more to do. */
export interface Chunk {
  more: boolean;
}

/** Put the contact into the pool of a team, or of everybody: whoever claims it first has it. */
export interface ClaimPool {
  id: string;
  kind: "claim_pool";
  team_id?: number | null;
}

/** A stage with its roll-up over all deals that the actor may see, and the first of them. */
export interface ColumnRow {
  stage: StageRow;
  count: number;
  totals?: MoneyTotal[];
  cards: CardRow[];
  next_cursor: string | null;
}

/** Fields of a company to change; those not sent stay. */
export interface CompanyChanges {
  name?: string;
  /** A bare domain such as example.com, or nothing. */
  domain?: string;
  phone?: string;
  city?: string;
  industry?: string;
  notes?: string;
  /** Values of custom fields by key; keys that are not sent stay, null empties. Dates as 2026-05-01, times as ISO 8601 with a zone, choices by the options' keys, members by id. */
  custom?: Record<string, boolean | number | string | string[] | null>;
}

/** A company with everything that its page shows. */
export interface CompanyDetail {
  id: number;
  name: string;
  domain?: string;
  phone?: string;
  city?: string;
  industry?: string;
  contact_count?: number;
  open_deal_count?: number;
  open_deal_value?: Record<string, string>;
  owner_id: number | null;
  owner_name: string | null;
  team_id: number | null;
  custom: Record<string, boolean | number | string | string[] | null>;
  created_at: string;
  updated_at: string;
  archived_at: string | null;
  version: number;
  notes?: string;
  team_name: string | null;
}

/** A company that the contact belongs to. */
export interface CompanyPlaceRow {
  company_id: number;
  company_name: string;
  role: string;
  is_primary: boolean;
}

/** What a contact is in a company. */
export interface CompanyRoleRow {
  contact_id: number;
  role: string;
  is_primary: boolean;
}

/** A company in a list. Fields that the role hides are absent. */
export interface CompanyRow {
  id: number;
  name: string;
  domain?: string;
  phone?: string;
  city?: string;
  industry?: string;
  contact_count?: number;
  open_deal_count?: number;
  open_deal_value?: Record<string, string>;
  owner_id: number | null;
  owner_name: string | null;
  team_id: number | null;
  custom: Record<string, boolean | number | string | string[] | null>;
  created_at: string;
  updated_at: string;
  archived_at: string | null;
  version: number;
}

/** A company, and whether it was created just now. */
export interface CompanyUpserted {
  id: number;
  name: string;
  domain?: string;
  phone?: string;
  city?: string;
  industry?: string;
  contact_count?: number;
  open_deal_count?: number;
  open_deal_value?: Record<string, string>;
  owner_id: number | null;
  owner_name: string | null;
  team_id: number | null;
  custom: Record<string, boolean | number | string | string[] | null>;
  created_at: string;
  updated_at: string;
  archived_at: string | null;
  version: number;
  notes?: string;
  team_name: string | null;
  created: boolean;
}

/** Fields of a company to create or change; those not sent stay, or are empty for a new one. */
export interface CompanyValues {
  name?: string;
  /** A bare domain such as example.com, or nothing. */
  domain?: string;
  phone?: string;
  city?: string;
  industry?: string;
  notes?: string;
  /** Values of custom fields by key; keys that are not sent stay, null empties. Dates as 2026-05-01, times as ISO 8601 with a zone, choices by the options' keys, members by id. */
  custom?: Record<string, boolean | number | string | string[] | null>;
  owner_id?: number;
}

/** A span and as many days before it. */
export interface Comparison {
  now: Summary;
  before: Summary;
}

/** One field compared: ``stage_id``, ``custom.budget``, ``company.city``. What ``value`` is, the operator says. */
export interface Condition {
  field: string;
  op: "is" | "is_not" | "any_of" | "none_of" | "all_of" | "contains" | "not_contains" | "starts_with" | "ends_with" | "empty" | "not_empty" | "less" | "at_most" | "more" | "at_least" | "before" | "after" | "between" | "within" | "in_last" | "in_next" | "more_than_ago" | "more_than_ahead" | "overdue" | "is_me" | "is_not_me" | "my_teams" | "not_my_teams";
  value?: boolean | number | string | Span | ((boolean | number | string)[]) | null;
}

/** What the contact said about one channel, and when. */
export interface ConsentRow {
  id: number;
  channel: string;
  state: string;
  proof: string;
  at: string;
  by_name: string | null;
}

/** Fields of a contact to change; those not sent stay. */
export interface ContactChanges {
  first_name?: string;
  last_name?: string;
  /** An email address, or nothing. */
  email?: string;
  /** A phone number as people write it; kept also in E.164 for look-ups. */
  phone?: string;
  job_title?: string;
  stage_id?: number;
  source?: string;
  company_id?: number | null;
  background?: string;
  price?: (number | string) | null;
  time_frame?: "" | "now" | "3_months" | "6_months" | "12_months" | "later";
  /** The contact's id in the system that ``source`` names; unique there. */
  external_id?: string;
  /** Values of custom fields by key; keys that are not sent stay, null empties. Dates as 2026-05-01, times as ISO 8601 with a zone, choices by the options' keys, members by id. */
  custom?: Record<string, boolean | number | string | string[] | null>;
}

/** A contact with everything that its page shows. */
export interface ContactDetail {
  id: number;
  full_name: string;
  first_name?: string;
  last_name?: string;
  email?: string;
  phone?: string;
  job_title?: string;
  stage_id?: number;
  stage_name?: string;
  source?: string;
  company_id?: number | null;
  company_name?: string;
  tags?: string[];
  price?: string | null;
  time_frame?: string;
  external_id?: string;
  owner_id: number | null;
  owner_name: string | null;
  team_id: number | null;
  custom: Record<string, boolean | number | string | string[] | null>;
  next_task?: string | null;
  next_task_due_at?: string | null;
  open_deal_count?: number | null;
  open_deal_value?: string | null;
  open_deal_currency?: string | null;
  last_activity_at: string;
  created_at: string;
  updated_at: string;
  archived_at: string | null;
  version: number;
  background?: string;
  phone_e164?: string;
  team_name: string | null;
}

/** How a contact is reached, whom they know and what they agreed to. What the role hides is absent. */
export interface ContactProfile {
  emails?: EmailRow[];
  phones?: PhoneRow[];
  addresses: AddressRow[];
  companies?: CompanyPlaceRow[];
  relationships: RelationshipRow[];
  consents: ConsentRow[];
}

/** A contact in a list. Fields that the role hides are absent. */
export interface ContactRow {
  id: number;
  full_name: string;
  first_name?: string;
  last_name?: string;
  email?: string;
  phone?: string;
  job_title?: string;
  stage_id?: number;
  stage_name?: string;
  source?: string;
  company_id?: number | null;
  company_name?: string;
  tags?: string[];
  price?: string | null;
  time_frame?: string;
  external_id?: string;
  owner_id: number | null;
  owner_name: string | null;
  team_id: number | null;
  custom: Record<string, boolean | number | string | string[] | null>;
  next_task?: string | null;
  next_task_due_at?: string | null;
  open_deal_count?: number | null;
  open_deal_value?: string | null;
  open_deal_currency?: string | null;
  last_activity_at: string;
  created_at: string;
  updated_at: string;
  archived_at: string | null;
  version: number;
}

/** A contact, and whether it was created just now. */
export interface ContactUpserted {
  id: number;
  full_name: string;
  first_name?: string;
  last_name?: string;
  email?: string;
  phone?: string;
  job_title?: string;
  stage_id?: number;
  stage_name?: string;
  source?: string;
  company_id?: number | null;
  company_name?: string;
  tags?: string[];
  price?: string | null;
  time_frame?: string;
  external_id?: string;
  owner_id: number | null;
  owner_name: string | null;
  team_id: number | null;
  custom: Record<string, boolean | number | string | string[] | null>;
  next_task?: string | null;
  next_task_due_at?: string | null;
  open_deal_count?: number | null;
  open_deal_value?: string | null;
  open_deal_currency?: string | null;
  last_activity_at: string;
  created_at: string;
  updated_at: string;
  archived_at: string | null;
  version: number;
  background?: string;
  phone_e164?: string;
  team_name: string | null;
  created: boolean;
}

/** Fields of a contact to create or change; those not sent stay, or are empty for a new one. */
export interface ContactValues {
  first_name?: string;
  last_name?: string;
  /** An email address, or nothing. */
  email?: string;
  /** A phone number as people write it; kept also in E.164 for look-ups. */
  phone?: string;
  job_title?: string;
  stage_id?: number;
  source?: string;
  company_id?: number | null;
  background?: string;
  price?: (number | string) | null;
  time_frame?: "" | "now" | "3_months" | "6_months" | "12_months" | "later";
  /** The contact's id in the system that ``source`` names; unique there. */
  external_id?: string;
  /** Values of custom fields by key; keys that are not sent stay, null empties. Dates as 2026-05-01, times as ISO 8601 with a zone, choices by the options' keys, members by id. */
  custom?: Record<string, boolean | number | string | string[] | null>;
  tags?: string[];
  owner_id?: number;
}

/** Make another record: a deal of the contact, a contact of the company. ``values`` are its fields. */
export interface CreateRecord {
  id: string;
  kind: "create_record";
  object?: "contact" | "company" | "deal";
  values?: Record<string, unknown>;
  owner?: ("owner" | "leader") | number;
}

/** Make a task for somebody. */
export interface CreateTask {
  id: string;
  kind: "create_task";
  title: string;
  assignee?: ("owner" | "leader") | number;
  due_days?: number | null;
}

/** A record's date has come, or is a number of days ahead or past; checked once a day, at the firm's time. */
export interface DateReached {
  kind: "date_reached";
  object?: "contact" | "company" | "deal" | "task";
  field?: string;
  days?: number;
  at?: string;
}

/** Fields of a deal to change; those not sent stay. The stage is changed by moving the deal. */
export interface DealChanges {
  title?: string;
  /** Money, as text. */
  amount?: number | string;
  /** ISO 4217 code. */
  currency?: string;
  commission?: (number | string) | null;
  contact_id?: number | null;
  company_id?: number | null;
  close_date?: string | null;
  /** Values of custom fields by key; keys that are not sent stay, null empties. Dates as 2026-05-01, times as ISO 8601 with a zone, choices by the options' keys, members by id. */
  custom?: Record<string, boolean | number | string | string[] | null>;
}

/** A person with a part in a deal; one of them is the primary one, the deal's ``contact_id``. */
export interface DealContactRow {
  contact_id: number;
  contact_name: string;
  role: string;
  is_primary: boolean;
}

/** A colleague on a deal: the split in per cent, and what it makes of the commission. */
export interface DealMemberRow {
  member_id: number;
  member_name: string;
  role: string;
  split: string | null;
  share?: string | null;
}

/** A deal in a list. Fields that the role hides are absent. */
export interface DealRow {
  id: number;
  title: string;
  amount?: string;
  weighted?: string;
  currency?: string;
  commission?: string | null;
  pipeline_id: number;
  stage_id: number;
  stage_name: string;
  probability: number;
  status: "open" | "won" | "lost";
  contact_id?: number | null;
  contact_name?: string | null;
  company_id?: number | null;
  company_name?: string | null;
  close_date?: string | null;
  stage_entered_at: string;
  closed_at: string | null;
  lost_reason_id: number | null;
  lost_reason_name: string | null;
  rots_at: string | null;
  owner_id: number | null;
  owner_name: string | null;
  team_id: number | null;
  custom: Record<string, boolean | number | string | string[] | null>;
  created_at: string;
  updated_at: string;
  archived_at: string | null;
  version: number;
}

/** A deal that the person has a part in. */
export interface DealTitle {
  id: number;
  title?: string;
  status?: string;
}

/** All of it. */
export interface Definition {
  trigger: RecordCreated | RecordChanged | StageEntered | DateReached | Scheduled | IncomingWebhook | FormSent | ByHand;
  only_if?: (Condition | AllOf | AnyOf) | null;
  steps?: (CrmAutomationsDefinitionWait | WaitFor | CreateTask | CreateRecord | UpdateField | MoveStage | Assign | AddTag | AddNote | Notify | SendEmail | CallWebhook | ClaimPool | Enroll | Unenroll | Stop | Branch)[];
}

/** The id of what is gone. */
export interface Deleted {
  id: number;
}

/** A field that is gone, and how many records had a value, which is gone too. */
export interface DeletedField {
  id: number;
  records: number;
}

/** A view that is gone. */
export interface DeletedView {
  id: number;
}

/** A browser in which one is logged in. */
export interface DeviceRow {
  id: number;
  user_agent: string;
  address: string | null;
  created_at: string;
  last_seen_at: string;
  is_current: boolean;
}

/** A part of a version that the one before has not, or not so: "trigger", "only_if" or a step by its id. */
export interface Difference {
  what: "added" | "removed" | "changed" | "moved";
  step: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** Whether there was something to do. */
export interface Done {
  done: boolean;
}

/** Who did how much, the most busy first, and when, by steps of ``step`` (day, week, month). */
export interface Effort {
  step: string;
  members: MemberEffort[];
  steps: EffortStep[];
}

/** What was done in a day, week or month. */
export interface EffortStep {
  start: string;
  call: number;
  email: number;
  text: number;
  meeting: number;
  note: number;
  task: number;
}

/** Write to the contact. An empty subject or body is the template's; all emails of an enrollment are one conversation, so that from the second one on an empty subject is "Re: " and the first one's. */
export interface Email {
  kind: "email";
  subject?: string;
  body?: string;
  template_id?: number | null;
}

/** What to change about an email address. */
export interface EmailChanges {
  address?: string;
  label?: "work" | "home" | "other";
  bounced_at?: string | null;
  is_primary?: boolean;
}

/** One of a contact's email addresses. */
export interface EmailRow {
  id: number;
  address: string;
  label: string;
  is_primary: boolean;
  bounced_at: string | null;
}

/** Let the contact begin a sequence. */
export interface Enroll {
  id: string;
  kind: "enroll";
  sequence_id: number;
}

/** A result for each contact that was named; or the intake that enrolls those of a filter in the background. */
export interface Enrolled {
  results: CrmRecordsSchemasBatchResult[];
  intake_id: number | null;
  expected: number | null;
}

/** An enrollment with the steps that it came to, in their order. */
export interface EnrollmentDetail {
  id: number;
  contact_id: number;
  contact_name: string;
  sequence_id: number;
  sequence_name: string;
  state: "active" | "paused" | "finished" | "stopped";
  stop_reason: "" | "replied" | "unsubscribed" | "stage" | "binned" | "by_hand" | "automation" | "sequence";
  origin: string;
  step_id: number | null;
  step_kind: string | null;
  step_position: number | null;
  next_at: string | null;
  enrolled_by_name: string | null;
  created_at: string;
  finished_at: string | null;
  version: number;
  run_id: number | null;
  run_status: ("running" | "waiting" | "paused" | "cancelling" | "blocked" | "completed" | "failed" | "cancelled") | null;
  visits: VisitRow[];
}

/** Where a contact stands in a sequence; ``run_id`` and ``run_status`` are for those who may see runs. */
export interface EnrollmentRow {
  id: number;
  contact_id: number;
  contact_name: string;
  sequence_id: number;
  sequence_name: string;
  state: "active" | "paused" | "finished" | "stopped";
  stop_reason: "" | "replied" | "unsubscribed" | "stage" | "binned" | "by_hand" | "automation" | "sequence";
  origin: string;
  step_id: number | null;
  step_kind: string | null;
  step_position: number | null;
  next_at: string | null;
  enrolled_by_name: string | null;
  created_at: string;
  finished_at: string | null;
  version: number;
  run_id: number | null;
  run_status: ("running" | "waiting" | "paused" | "cancelling" | "blocked" | "completed" | "failed" | "cancelled") | null;
}

/** How much went with the person, and what stays on deals without them. */
export interface Erased {
  id: number;
  activities: number;
  tasks: number;
  files: number;
  mails: number;
  enrollments: number;
  form_submissions: number;
  consents: number;
  runs: number;
  notifications: number;
  audit_entries: number;
  deals: number;
  deal_activities: number;
  deal_files: number;
}

/** A deal to open with the person, unless an open one of theirs has this title. */
export interface EventDeal {
  title: string;
  /** Money, as text. */
  amount?: number | string;
  currency?: string | null;
  stage_id?: number | null;
}

/** The place in the sequence, or why there is none. */
export interface EventEnrolled {
  sequence_id: number;
  enrollment_id: number | null;
  refusal: string | null;
}

/** Whom the event is about: at least an email address, a phone number or an external id. */
export interface EventPerson {
  name?: string;
  first_name?: string;
  last_name?: string;
  emails?: string[];
  phones?: string[];
  /** The contact's id in the system that ``source`` names; unique there. */
  external_id?: string;
  job_title?: string;
  background?: string;
  price?: (number | string) | null;
  time_frame?: "" | "now" | "3_months" | "6_months" | "12_months" | "later";
  tags?: string[];
  /** Values of custom fields by key; keys that are not sent stay, null empties. Dates as 2026-05-01, times as ISO 8601 with a zone, choices by the options' keys, members by id. */
  custom?: Record<string, boolean | number | string | string[] | null>;
}

/** Who gets a person whom nobody has yet: one of a member, a routing rule, or a pool (a team's, or everyone's). */
export interface EventRoute {
  owner_id?: number | null;
  rule_id?: number | null;
  pool?: "everyone" | number | null;
}

/** An event in a run's mailbox. */
export interface EventRow {
  id: number;
  name: string;
  payload: unknown;
  created_at: string;
  taken_at: string | null;
}

/** What was done, in this order. ``repeated``: the event was known, this was done then, and now nothing. */
export interface EventTaken {
  repeated: boolean;
  contact_id: number;
  created: boolean;
  matched_by: ("external_id" | "email" | "phone") | null;
  filled: string[];
  left: string[];
  routed: Routed;
  deal: Opened | null;
  activity_id: number;
  notified: number[];
  enrolled: EventEnrolled | null;
}

/** What steps need to know of a record. */
export interface Facts {
  is_there: boolean;
  is_moved: boolean;
  name: string;
  link: string;
  owner_id: number | null;
  leader_ids: number[];
  contact_id: number | null;
  deal_id: number | null;
  company_id: number | null;
  fields: Record<string, Record<string, string>>;
}

/** Fields of a custom field to change. ``type`` only while no record has a value. */
export interface FieldChanges {
  label?: string;
  type?: "text" | "long_text" | "number" | "currency" | "date" | "datetime" | "yes_no" | "choice" | "choices" | "url" | "email" | "phone" | "member";
  /** ISO 4217 code. */
  currency?: string;
  required?: boolean;
  is_retired?: boolean;
  position?: number;
  options?: GivenOption[];
}

/** A custom field. ``currency`` is that of amounts, ``options`` those of choices. */
export interface FieldRow {
  id: number;
  object: "contact" | "company" | "deal" | "task";
  key: string;
  label: string;
  type: "text" | "long_text" | "number" | "currency" | "date" | "datetime" | "yes_no" | "choice" | "choices" | "url" | "email" | "phone" | "member";
  currency: string;
  required: boolean;
  is_retired: boolean;
  options: OptionRow[];
}

/** What a role may do with one field. */
export interface FieldRule {
  object: string;
  field: string;
  level: "hidden" | "read" | "write";
}

/** A file on the person; its bytes are ``GET /files/{id}/content``. */
export interface FileName {
  id: number;
  filename: string;
  size: number;
  created_at: string;
  archived_at: string | null;
}

/** One thing that somebody new does first. */
export interface FirstStep {
  key: "profile" | "contact" | "task" | "log" | "invite";
  is_done: boolean;
}

/** A new member's checklist; closed (and empty) when it is done or was put away. */
export interface FirstSteps {
  is_open: boolean;
  is_done: boolean;
  steps: FirstStep[];
}

/** Up to which enrollment a sequence's state was followed; null if it was the last one. */
export interface Followed {
  after_id: number | null;
}

/** A month's open deals of one currency; weighted by the probabilities of their stages. */
export interface ForecastRow {
  month: string;
  currency: string;
  count: number;
  sum: string;
  weighted: string;
}

/** What may be changed of a form. ``fields`` are all of them, in order. */
export interface FormChanges {
  name?: string;
  is_on?: boolean;
  title?: string;
  intro?: string;
  button?: string;
  fields?: FormField[];
  consent_text?: string;
  consent_required?: boolean;
  thanks?: string;
  /** An address such as https://example.com/thanks, or nothing. */
  redirect_url?: string;
  origins?: string[];
  source?: string;
  tags?: string[];
  owner_id?: number | null;
}

/** A form with everything that its settings page shows; ``problems`` says what keeps it from working. */
export interface FormDetail {
  id: number;
  token: string;
  title: string;
  intro: string;
  button: string;
  fields: FormFieldRow[];
  consent_text: string;
  consent_required: boolean;
  thanks: string;
  redirect_url: string;
  origins: string[];
  name: string;
  is_on: boolean;
  path: string;
  source: string;
  tags: string[];
  owner_id: number | null;
  owner_name: string | null;
  problems: string[];
  updated_at: string;
  version: number;
}

/** One thing that a form asks. */
export interface FormField {
  /** A field of a contact, "message", or "custom." and the key of a custom field. */
  key: string;
  label: string;
  help?: string;
  required?: boolean;
}

/** One thing that a form asks; ``options`` are those of a choice. */
export interface FormFieldRow {
  key: string;
  label: string;
  help: string;
  required: boolean;
  type: "text" | "long_text" | "number" | "currency" | "date" | "datetime" | "yes_no" | "choice" | "choices" | "url" | "email" | "phone" | "member";
  options: OptionRow[];
}

/** A form that is gone. */
export interface FormRef {
  id: number;
}

/** A form in a list. */
export interface FormRow {
  id: number;
  name: string;
  is_on: boolean;
  path: string;
  last_at: string | null;
  updated_at: string;
  version: number;
}

/** Somebody sent a form; without a form, any of them. The run is about the contact. */
export interface FormSent {
  kind: "form_sent";
  form_id?: number | null;
}

/** A pipeline from the first open stage to won. */
export interface Funnel {
  pipeline_id: number;
  name: string;
  created: number;
  won: number;
  lost: number;
  stages: FunnelStage[];
}

/** A stage and how many deals came at least so far; conversion is the share of them that came further. */
export interface FunnelStage {
  stage_id: number;
  name: string;
  kind: string;
  reached: number;
  lost: number;
  conversion: number | null;
}

/** An option: one that is there by its key, else a new one. Its key is made from the label by default. */
export interface GivenOption {
  key?: string | null;
  label: string;
}

/** The goal that is gone. */
export interface GoalDeleted {
  id: number;
}

/** A goal and how far it is in the current period; ``name`` is the member's or the team's, none for the firm. */
export interface GoalRow {
  id: number;
  owner_id: number | null;
  team_id: number | null;
  name: string | null;
  metric: string;
  period: string;
  target: string;
  currency: string;
  actual: string;
  since: string;
  until: string;
}

/** The time zone in which a new member is written to. */
export interface Greeting {
  time_zone: string;
}

/** Another program sent a contact to the automation's address. */
export interface IncomingWebhook {
  kind: "webhook";
}

/** What became of a contact that was sent: whether they were new, and whether a run began. */
export interface Intake {
  created: boolean;
  started: boolean;
}

/** How far the enrollment of a filter's contacts is: ``found`` of the ``expected`` were looked at. */
export interface IntakeRow {
  id: number;
  sequence_id: number;
  member_name: string;
  expected: number | null;
  found: number;
  enrolled: number;
  passed_over: number;
  created_at: string;
  finished_at: string | null;
  error: string;
}

/** What the holder of an invitation's link may know. */
export interface InvitationOffer {
  email: string;
  role_name: string;
  invited_by_name: string | null;
}

/** An invitation that was sent. */
export interface InvitationRow {
  id: number;
  email: string;
  role_id: number;
  role_name: string;
  team_ids: number[];
  state: string;
  invited_by_name: string | null;
  created_at: string;
  expires_at: string;
}

/** A bill. */
export interface InvoiceRow {
  id: number;
  number: string;
  amount: string;
  currency: string;
  state: "open" | "paid" | "void";
  issued_at: string;
  paid_at: string | null;
  url: string;
}

/** A one-time ticket for a socket's ``hello``. */
export interface LiveTicket {
  ticket: string;
  expires_at: string;
}

/** A file that a mail carries; its bytes are at ``/files/{id}/content``. */
export interface MailFile {
  id: number;
  filename: string;
  size: number;
  content_type: string;
}

/** How a mailbox is reached; what is not sent stays. */
export interface MailboxChanges {
  /** The IMAP server's name. */
  host?: string;
  port?: number;
  security?: "tls" | "starttls" | "none";
  username?: string;
  /** Stored encrypted, never shown again. */
  password?: string;
  reads_sent?: boolean;
  keeps_sent?: boolean;
}

/** The mailbox that is gone. */
export interface MailboxDeleted {
  id: number;
}

/** A mailbox that is read over IMAP. ``state``: new (not looked at yet), working, unreachable, refused (the server did not let us in: a new password is needed); ``error`` says what the server said. ``reads_sent``: what is sent to contacts from another program is shown, too; ``keeps_sent``: what is sent here is put into its Sent folder. */
export interface MailboxRow {
  id: number;
  member_id: number;
  address: string;
  host: string;
  port: number;
  security: "tls" | "starttls" | "none";
  username: string;
  state: "new" | "working" | "unreachable" | "refused";
  error: string;
  reads_sent: boolean;
  keeps_sent: boolean;
  checked_at: string | null;
  created_at: string;
}

/** Whether conditions hold. */
export interface Matched {
  matches: boolean;
}

/** Whether conditions hold of the record now. */
export interface Matches {
  kind: "matches";
  filter: Condition | AllOf | AnyOf;
}

/** Who is acting, and what they may do. */
export interface Me {
  member_id: number;
  name: string;
  email: string;
  locale: string;
  time_zone: string;
  role_id: number;
  role_name: string;
  teams: TeamPlace[];
  permissions: Record<string, "none" | "own" | "team" | "all">;
  fields: FieldRule[];
  scopes: string[] | null;
  tenant: TenantRow;
}

/** A member to choose from. */
export interface MemberChoice {
  id: number;
  name: string;
}

/** What one member did; no id: done by a program. */
export interface MemberEffort {
  member_id: number | null;
  name: string | null;
  call: number;
  email: number;
  text: number;
  meeting: number;
  note: number;
  task: number;
  total: number;
}

/** A member of the tenant. */
export interface MemberRow {
  id: number;
  name: string;
  email: string;
  role_id: number;
  role_name: string;
  is_active: boolean;
  teams: TeamPlace[];
  created_at: string;
}

/** What a template may hold between double braces. */
export interface MergeField {
  name: string;
}

/** One mail with its HTML (cleaned: no scripts, no styles, no remote pictures) and the ids that it refers to. */
export interface MessageDetail {
  id: number;
  thread_id: number;
  contact_id: number;
  member_id: number | null;
  member_name: string | null;
  template_id: number | null;
  enrollment_id: number | null;
  message_id: string;
  in_reply_to: string;
  direction: "in" | "out";
  from_address: string;
  from_name: string;
  to_address: string;
  subject: string;
  text: string;
  is_automatic: boolean;
  occurred_at: string;
  state: ("queued" | "sending" | "sent" | "bounced" | "failed" | "suppressed") | null;
  error: string | null;
  attempts: number | null;
  sent_at: string | null;
  bounced_at: string | null;
  opened_at: string | null;
  clicked_at: string | null;
  files: MailFile[];
  left_out: string[];
  html: string;
  reference_ids: string[];
}

/** One mail, in or out. ``state`` and the moments after it are null on mails that came, and on those that a member sent in another program. ``left_out`` are names of files that were too large to be taken in. ``opened_at`` and ``clicked_at`` are noted only where the firm's settings say so, and if the recipient's program tells. ``error`` is the mail server's word, or why it was not sent: binned, no_address, unsubscribe, bounce, complaint, manual, consent, bounced. */
export interface MessageRow {
  id: number;
  thread_id: number;
  contact_id: number;
  member_id: number | null;
  member_name: string | null;
  template_id: number | null;
  enrollment_id: number | null;
  message_id: string;
  in_reply_to: string;
  direction: "in" | "out";
  from_address: string;
  from_name: string;
  to_address: string;
  subject: string;
  text: string;
  is_automatic: boolean;
  occurred_at: string;
  state: ("queued" | "sending" | "sent" | "bounced" | "failed" | "suppressed") | null;
  error: string | null;
  attempts: number | null;
  sent_at: string | null;
  bounced_at: string | null;
  opened_at: string | null;
  clicked_at: string | null;
  files: MailFile[];
  left_out: string[];
}

/** Deals of one currency together; weighted is what the stage's probability leaves of the sum. */
export interface MoneyTotal {
  currency: string;
  sum: string;
  weighted: string;
}

/** Move the deal to a stage. */
export interface MoveStage {
  id: string;
  kind: "move_stage";
  stage_id: number;
}

/** A key just made; ``key`` is shown this once. */
export interface NewApiKey {
  id: number;
  name: string;
  prefix: string;
  member_id: number;
  member_name: string | null;
  scopes: string[];
  allowed_addresses: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
  key: string;
}

/** A stored file to go with a mail. */
export interface NewFile {
  /** What storing the file answered. */
  upload: string;
  filename: string;
}

/** What the trial's run does next, and when; no action: it waits for somebody, or it is over. */
export interface NextAction {
  action: ("welcome" | "check_in" | "remind" | "expire" | "tell_grace" | "lock" | "tell_locked" | "thank") | null;
  at: string | null;
  is_over: boolean;
}

/** Write on the contact's timeline. */
export interface Note {
  kind: "note";
  body: string;
}

/** Something that you were told: by whom, about what (its title), and the path of its page. */
export interface NotificationRow {
  id: number;
  kind: "mention" | "assigned" | "reminder" | "automation" | "trouble" | "mail";
  title: string;
  link: string;
  actor_id: number | null;
  actor_name: string | null;
  created_at: string;
  read_at: string | null;
}

/** Tell the record's owner, their leaders, or a member. */
export interface Notify {
  id: string;
  kind: "notify";
  to?: ("owner" | "leader") | number;
  text: string;
}

/** A deal: made just now, there already, or refused with a reason. */
export interface Opened {
  id: number | null;
  created: boolean;
  refusal: string | null;
}

/** Something to choose in a field of choices. */
export interface OptionRow {
  key: string;
  label: string;
}

/** What was won and lost in a day, week or month; amounts of the report's currency. */
export interface OutcomeStep {
  start: string;
  won: number;
  lost: number;
  won_amount?: string;
  lost_amount?: string;
}

/** Won and lost by steps of ``step`` (day, week, month), in order, none left out. */
export interface Outcomes {
  step: string;
  currency: string;
  won: number;
  lost: number;
  won_amount?: string;
  lost_amount?: string;
  steps: OutcomeStep[];
  reasons: ReasonRow[];
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageActivityRow {
  data: ActivityRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageApiKeyRow {
  data: ApiKeyRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageAttachmentRow {
  data: AttachmentRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageAuditRow {
  data: AuditRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageAutomationRow {
  data: AutomationRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageAutomationRunRow {
  data: AutomationRunRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageBinRow {
  data: BinRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageCompanyRow {
  data: CompanyRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageConsentRow {
  data: ConsentRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageContactRow {
  data: ContactRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageDealRow {
  data: DealRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageEnrollmentRow {
  data: EnrollmentRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageFormRow {
  data: FormRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageIntakeRow {
  data: IntakeRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageInvitationRow {
  data: InvitationRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageInvoiceRow {
  data: InvoiceRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageMemberRow {
  data: MemberRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageMessageRow {
  data: MessageRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageNotificationRow {
  data: NotificationRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageRunRow {
  data: RunRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageSequenceRow {
  data: SequenceRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageStageChangeRow {
  data: StageChangeRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageSubmissionRow {
  data: SubmissionRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageSuppressionRow {
  data: SuppressionRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageTaskRow {
  data: TaskRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageThreadRow {
  data: ThreadRow[];
  next_cursor: string | null;
  within?: number;
}

/** Some rows in order, and where the next ones start (null on the last page). */
export interface PageDictStrAny {
  data: Record<string, unknown>[];
  next_cursor: string | null;
  within?: number;
}

/** What was taken away. */
export interface PartDeleted {
  id: number;
}

/** What became of a provider's event: ``PaymentEvent.Outcome``, or that it had come before. */
export type PaymentAnswer = "applied" | "repeated" | "stale" | "ignored";

/** A provider's event in our words; what it does not say stays as it is. */
export interface PaymentNotice {
  provider: string;
  id: string;
  means: "paid" | "failed" | "changed" | "ended" | "nothing";
  kind: string;
  occurred_at: string;
  tenant?: string;
  customer?: string;
  subscription?: string;
  plan?: string;
  seats?: number | null;
  period_ends_at?: string | null;
  invoice?: BillOf | null;
}

/** What became of a provider's event. */
export interface PaymentOutcome {
  outcome: PaymentAnswer;
}

/** All that is held on a person, as far as the role sees it; a part that it may not see is absent. */
export interface PersonExport {
  exported_at: string;
  contact: ContactDetail;
  profile: ContactProfile;
  consents: ConsentRow[];
  timeline?: ActivityRow[];
  files?: FileName[];
  mail?: MessageRow[];
  tasks?: TaskRow[];
  deals?: DealTitle[];
  enrollments?: EnrollmentRow[];
  form_submissions?: SubmissionOfPerson[];
  cut: string[];
}

/** What to change about a phone number. */
export interface PhoneChanges {
  /** A phone number as people write it. */
  number?: string;
  kind?: "mobile" | "work" | "home" | "fax" | "other";
  status?: "unknown" | "reached" | "no_answer" | "out_of_use" | "do_not_call";
  is_bad?: boolean;
  is_primary?: boolean;
}

/** One of a contact's phone numbers; ``e164`` is empty where it can't be one. */
export interface PhoneRow {
  id: number;
  raw: string;
  e164: string;
  kind: string;
  status: string;
  is_bad: boolean;
  is_primary: boolean;
}

/** Fields of a pipeline to change. */
export interface PipelineChanges {
  name?: string;
  position?: number;
}

/** A pipeline and its stages, in order. */
export interface PipelineRow {
  id: number;
  name: string;
  stages: StageRow[];
}

/** A pipeline's open stages in order; amounts in the currency of most of its deals. */
export interface PipelineTotal {
  pipeline_id: number;
  name: string;
  currency: string;
  stages: StageTotal[];
}

/** A version's definition, and the firm's time zone. */
export interface Plan {
  definition: Record<string, unknown>;
  time_zone: string;
}

/** A plan that is offered; the price is for a seat and month. */
export interface PlanRow {
  key: string;
  name: string;
  description: string;
  price: string;
  currency: string;
  max_seats: number | null;
}

/** Whether you are told by email, too. */
export interface PreferenceRow {
  kind: "mention" | "assigned" | "reminder" | "automation" | "trouble" | "mail";
  by_email: boolean;
}

/** A mail as the contact would get it. */
export interface Preview {
  subject: string;
  body: string;
  missing: string[];
}

/** One's own profile to change; what is not sent stays. */
export interface ProfileChanges {
  name?: string;
  locale?: "en" | "de";
  time_zone?: string;
}

/** Whether a member's onboarding is over. */
export interface Progress {
  is_over: boolean;
}

/** What the person asks about; it stands on the timeline. */
export interface Property {
  street?: string;
  city?: string;
  region?: string;
  postal_code?: string;
  /** ISO 3166-1 code of two letters, or nothing. */
  country?: string;
  price?: (number | string) | null;
  kind?: string;
  reference?: string;
  url?: string;
}

/** A form as whoever fills it in sees it. */
export interface PublicForm {
  id: number;
  token: string;
  title: string;
  intro: string;
  button: string;
  fields: FormFieldRow[];
  consent_text: string;
  consent_required: boolean;
  thanks: string;
  redirect_url: string;
  origins: string[];
}

/** What is gone for good. */
export interface Purged {
  id: number;
}

/** A member's place; ``currency`` says what an amount is in, else it is empty. */
export interface RankRow {
  place: number;
  member_id: number | null;
  name: string | null;
  value: string;
  currency: string;
}

/** How many records a clock takes (``is_more``: more than 1,000; ``is_all``: every one), and when it comes next. */
export interface Reach {
  records: number | null;
  is_more: boolean;
  is_all: boolean;
  next_at: string | null;
}

/** The field and the day that a run began for. */
export interface ReachedDay {
  field: string;
  day: string;
}

/** Why deals were lost; no id: nobody said why, or the reason is gone. */
export interface ReasonRow {
  lost_reason_id: number | null;
  name: string | null;
  count: number;
}

/** What became of a mail that came: ``outcome`` is stored, known (it is here already), bounce, unsubscribed (it asked for no more of them), or ignored (of nobody whom the firm knows). */
export interface Received {
  outcome: "stored" | "known" | "bounce" | "unsubscribed" | "ignored";
  message_id: number | null;
}

/** A field of a record changed, from and to given values if there are any; without a field, any field. */
export interface RecordChanged {
  kind: "record_changed";
  object?: "contact" | "company" | "deal" | "task";
  field?: string | null;
  before?: string | number | boolean | null;
  was?: ("empty" | "filled" | "is" | "is_not" | "contains" | "not_contains" | "less" | "at_most" | "at_least" | "more") | null;
  after?: string | number | boolean | null;
  becomes?: ("empty" | "filled" | "is" | "is_not" | "contains" | "not_contains" | "less" | "at_most" | "at_least" | "more") | null;
}

/** A record was added, by whomever and in whatever way. */
export interface RecordCreated {
  kind: "record_created";
  object?: "contact" | "company" | "deal" | "task";
}

/** What a mutation answers when the record may be out of the actor's sight by now. */
export interface RecordRef {
  id: number;
  version: number;
  owner_id: number | null;
  archived_at: string | null;
}

/** How a task comes again. What is left out is taken from the day that the task is due. */
export interface Recurrence {
  unit: "day" | "weekday" | "week" | "month" | "year";
  every?: number;
  weekdays?: number[];
  month_day?: number;
  month?: number;
  /** A date: 2026-12-31. */
  until?: string;
  count?: number;
  /** Told, never taken: 02:30:00. */
  at?: string;
}

/** Another contact, and what they are to this one. */
export interface RelationshipRow {
  id: number;
  kind: string;
  contact_id: number;
  full_name: string;
  email?: string;
  phone?: string;
}

/** When to remind the owner: a number of minutes before the task is due, or at a time of its own. */
export interface Reminder {
  /** Minutes before it is due; 0 reminds when it is due. */
  minutes_before?: number;
  at?: string;
}

/** Whether the owner was reminded: not of a task that is done, nor of one whose reminder was moved. */
export interface ReminderOutcome {
  sent: boolean;
}

/** A reminder: its moment (null if it has none any more), and when it was sent. */
export interface ReminderRow {
  id: number;
  minutes_before: number | null;
  remind_at: string | null;
  sent_at: string | null;
}

/** Whether the contact wrote or called since the run began. */
export interface Replied {
  kind: "replied";
}

/** Requests in ``window_seconds`` for each key and for the firm; each answer's RateLimit says what is left. */
export interface RequestBudget {
  per_key: number;
  per_tenant: number;
  window_seconds: number;
}

/** A role's words to change; those not sent stay. */
export interface RoleChanges {
  name?: string;
  description?: string;
}

/** A role: how far it reaches with each permission word that it has, and its field rules. */
export interface RoleRow {
  id: number;
  key: string | null;
  name: string;
  description: string;
  permissions: Record<string, "none" | "own" | "team" | "all">;
  fields: FieldRule[];
}

/** Whose the contact is now, and why. ``rule_id`` is the rule whose turn it was. */
export interface Routed {
  how: "kept" | "owner" | "rule" | "pool" | "key";
  owner_id: number | null;
  team_id: number | null;
  rule_id: number | null;
}

/** A rule by which work is given out. */
export interface RoutingRow {
  id: number;
  name: string;
  kind: "round_robin" | "weighted";
  seats: RoutingSeatRow[];
}

/** A member's place in a rule. */
export interface RoutingSeatRow {
  member_id: number;
  name: string;
  weight: number;
  given: number;
}

/** What became of one row. ``reset``: drop all rows of the table, they follow anew. */
export interface RowChange {
  op: "insert" | "update" | "delete" | "reset";
  table: "contacts" | "companies" | "deals" | "tasks" | "activities" | "files" | "tags" | "lead_sources" | "contact_stages" | "pipelines" | "stages" | "lost_reasons" | "members" | "teams" | "deal_contacts" | "deal_members";
  id: number | null;
  changed: string[];
  old: Record<string, unknown> | null;
  row: Record<string, unknown> | null;
  at: string | null;
  actor: string | null;
  request_id: string | null;
}

/** A run's id. */
export interface RunRef {
  id: number;
}

/** A run in a list. */
export interface RunRow {
  id: number;
  workflow: string;
  version: number;
  key: string;
  status: "running" | "waiting" | "paused" | "cancelling" | "blocked" | "completed" | "failed" | "cancelled";
  note: string;
  subject: string;
  subject_id: number | null;
  parent_id: number | null;
  created_at: string;
  finished_at: string | null;
}

/** A run with everything that happened in it, in order. */
export interface RunTimeline {
  id: number;
  workflow: string;
  version: number;
  key: string;
  status: "running" | "waiting" | "paused" | "cancelling" | "blocked" | "completed" | "failed" | "cancelled";
  note: string;
  subject: string;
  subject_id: number | null;
  parent_id: number | null;
  created_at: string;
  finished_at: string | null;
  args: unknown;
  round: number;
  result: unknown;
  error: Record<string, unknown> | null;
  steps: WorkflowsRunsSchemasStepRow[];
  attempts: AttemptRow[];
  events: EventRow[];
  children: number[];
}

/** A time of the clock has come: for every record that the conditions choose. */
export interface Scheduled {
  kind: "schedule";
  object?: "contact" | "company" | "deal" | "task";
  cron?: string;
}

/** What was found, grouped: the kind with the best match first. */
export interface SearchAnswer {
  query: string;
  groups: SearchGroup[];
}

/** What was found of one kind, the best first. */
export interface SearchGroup {
  kind: "contact" | "company" | "deal" | "task" | "note";
  hits: SearchHit[];
  has_more: boolean;
}

/** A record that was found. Fields that the role hides are absent. */
export interface SearchHit {
  id: number;
  title: string;
  marked: string;
  detail?: string;
  marked_detail?: string;
  email?: string;
  phone?: string;
  company_name?: string;
  domain?: string;
  city?: string;
  amount?: string;
  currency?: string;
  status?: string;
  stage_name?: string;
  due_at?: string | null;
  done_at?: string | null;
  occurred_at?: string;
  subject?: string;
  subject_id?: number;
}

/** A member's place in a rule. */
export interface Seat {
  member_id: number;
  weight?: number;
}

/** Seats that are taken by members and open invitations, and how many there are; null: as many as wanted. */
export interface SeatUsage {
  used: number;
  limit: number | null;
}

/** The signing secret. */
export interface Secret {
  secret: string;
  renewed_at: string | null;
  former_until: string | null;
}

/** When the signing secret was renewed (never: null), and until when the former one signs, too (not: null). */
export interface SecretState {
  renewed_at: string | null;
  former_until: string | null;
}

/** Whether it was noted that a mail was opened, or a link in it followed: once each, where the firm wants it. */
export interface Seen {
  is_noted: boolean;
}

/** Write to the contact, or to the record's owner. */
export interface SendEmail {
  id: string;
  kind: "send_email";
  to?: "contact" | "owner";
  subject: string;
  body: string;
}

/** What may be changed of a sequence. */
export interface SequenceChanges {
  name?: string;
  description?: string;
  stop_on_reply?: boolean;
  stop_on_contact_stages?: number[];
  stop_on_deal_stages?: number[];
  /** HH:MM or HH:MM:SS on the contact's clock. */
  opens_at?: string;
  /** HH:MM or HH:MM:SS on the contact's clock. */
  closes_at?: string;
  days?: number[];
  /** Emails a day, at most. */
  daily_limit?: number;
  /** Seconds between two emails, at least. */
  pace_seconds?: number;
  sender_id?: number | null;
}

/** A sequence with its rules and steps, and what keeps it from being published. */
export interface SequenceDetail {
  id: number;
  name: string;
  description: string;
  state: "draft" | "active" | "paused" | "archived";
  stop_on_reply: boolean;
  stop_on_contact_stages: number[];
  stop_on_deal_stages: number[];
  /** HH:MM or HH:MM:SS on the contact's clock. */
  opens_at: string;
  /** HH:MM or HH:MM:SS on the contact's clock. */
  closes_at: string;
  days: number[];
  daily_limit: number;
  pace_seconds: number;
  sender_id: number | null;
  sender_name: string | null;
  updated_at: string;
  version: number;
  figures: SequenceFigures;
  steps: CrmSequencesSchemasStepRow[];
  problems: string[];
}

/** How many contacts began, are under way, came to the end, answered, were stopped; and emails sent. */
export interface SequenceFigures {
  enrolled: number;
  active: number;
  finished: number;
  replied: number;
  stopped: number;
  sent: number;
}

/** A sequence's id and version. */
export interface SequenceRef {
  id: number;
  version: number;
}

/** A sequence in a list, with its figures. */
export interface SequenceRow {
  id: number;
  name: string;
  description: string;
  state: "draft" | "active" | "paused" | "archived";
  step_count: number;
  updated_at: string;
  version: number;
  figures: SequenceFigures;
}

/** A turn at something that is throttled: its name, and how many seconds apart turns are. */
export interface SlotWanted {
  resource: string;
  seconds: number;
  burst: number;
}

/** New contacts of one source, within the span and within as many days before it; "" is no source. */
export interface SourceRow {
  source: string;
  count: number;
  previous: number;
}

/** A length of time: 30 days. */
export interface Span {
  count: number;
  unit?: "day" | "week" | "month" | "year";
}

/** A deal's way from one stage to another. The stages' ids are null when the stages are gone. */
export interface StageChangeRow {
  id: number;
  from_stage_id: number | null;
  from_name: string;
  to_stage_id: number | null;
  to_name: string;
  at: string;
  by_id: number | null;
  by_name: string | null;
  seconds: number;
}

/** Fields of a stage to change; those not sent stay. */
export interface StageChanges {
  name?: string;
  kind?: "open" | "won" | "lost";
  /** Per cent of the amount that is expected. */
  probability?: number;
  rot_days?: number | null;
  required_fields?: ("amount" | "commission" | "close_date" | "contact_id" | "company_id")[];
}

/** A deal came to a stage, new ones included. */
export interface StageEntered {
  kind: "stage_entered";
  stage_id: number;
}

/** A step of a pipeline. A deal rots there after rot_days, and enters with its required fields filled in. */
export interface StageRow {
  id: number;
  name: string;
  kind: "open" | "won" | "lost";
  probability: number;
  rot_days: number | null;
  required_fields: ("amount" | "commission" | "close_date" | "contact_id" | "company_id")[];
}

/** An open stage; sum and weighted are of the report's currency. */
export interface StageTotal {
  stage_id: number;
  name: string;
  probability: number;
  count: number;
  sum?: string;
  weighted?: string;
}

/** How the subscription stands; a tenant without one is simply active. */
export type Standing = "trialing" | "active" | "past_due" | "locked" | "cancelled";

/** A tenant's standing after a change. */
export interface StandingRow {
  state: Standing;
  trial_ends_at: string | null;
  grace_ends_at: string | null;
}

/** How many contacts came to a step, are at it, and how it ended for the others; of its emails how many were opened and how many led to a click, where the firm has that noted. */
export interface StepFigures {
  entered: number;
  here: number;
  sent: number;
  done: number;
  skipped: number;
  replied: number;
  stopped: number;
  failed: number;
  opened: number;
  clicked: number;
}

/** What is wrong with a step of the draft, or with its trigger (step ""). */
export interface StepProblem {
  step: string;
  detail: string;
}

/** End here. */
export interface Stop {
  id: string;
  kind: "stop";
}

/** Where a file's bytes are, for the transports that send them. */
export interface StoredFile {
  id: number;
  key: string;
  filename: string;
  size: number;
  sha256: string;
  content_type: string;
}

/** What the person wrote into a form. */
export interface SubmissionOfPerson {
  id: number;
  form_name: string;
  at: string;
  consented: boolean;
  page: string;
  values: Record<string, boolean | number | string | string[] | null>;
}

/** One sending. Of a contact that you may not see, neither the name nor the values are there. */
export interface SubmissionRow {
  id: number;
  at: string;
  contact_id: number | null;
  contact_name: string;
  is_new: boolean;
  consented: boolean;
  page: string;
  values: Record<string, boolean | number | string | string[] | null>;
}

/** What the sender is told; never whether they were known. */
export interface Submitted {
  received: boolean;
  thanks: string;
  redirect_url: string;
}

/** What a span came to. Kinds that the role may not see are absent. */
export interface Summary {
  contacts?: number;
  won?: number;
  lost?: number;
  won_amount?: string;
  currency?: string;
  activities?: number;
  tasks?: number;
}

/** The entry that is gone. */
export interface SuppressionDeleted {
  id: number;
}

/** An address that gets no email: why, since when, and how that could be shown. */
export interface SuppressionRow {
  id: number;
  email: string;
  reason: "unsubscribe" | "bounce" | "complaint" | "manual";
  at: string;
  proof: string;
  by_id: number | null;
  by_name: string | null;
}

/** What to change about a tag. */
export interface TagChanges {
  /** A tag's name: up to 40 characters, without commas and slashes. */
  name?: string;
  color?: "gray" | "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "purple" | "pink";
}

/** A tag. */
export interface TagRow {
  id: number;
  name: string;
  color: string;
}

/** Give somebody a task about the contact. */
export interface Task {
  kind: "task";
  title: string;
  assignee?: ("owner" | "sender") | number;
  due_days?: number | null;
}

/** Fields of a task to change; those not sent stay. ``due_at`` and ``due_date`` replace each other. */
export interface TaskChanges {
  title?: string;
  kind?: "todo" | "call" | "email" | "text" | "meeting" | "followup";
  due_at?: string | null;
  due_date?: string | null;
  recurrence?: Recurrence | null;
  reminders?: Reminder[];
  contact_id?: number | null;
  deal_id?: number | null;
  /** Values of custom fields by key; keys that are not sent stay, null empties. Dates as 2026-05-01, times as ISO 8601 with a zone, choices by the options' keys, members by id. */
  custom?: Record<string, boolean | number | string | string[] | null>;
}

/** A task with its reminders; ``followed_by_id`` is the one that its completion made, if you may see it. */
export interface TaskDetail {
  id: number;
  title: string;
  kind?: "todo" | "call" | "email" | "text" | "meeting" | "followup";
  due_at?: string | null;
  due_date?: string | null;
  remind_at?: string | null;
  recurrence?: Recurrence | null;
  contact_id?: number | null;
  contact_name?: string | null;
  deal_id?: number | null;
  deal_title?: string | null;
  done_at: string | null;
  done_by_id: number | null;
  done_by_name: string | null;
  owner_id: number | null;
  owner_name: string | null;
  team_id: number | null;
  custom: Record<string, boolean | number | string | string[] | null>;
  created_at: string;
  updated_at: string;
  archived_at: string | null;
  version: number;
  reminders?: ReminderRow[];
  followed_by_id: number | null;
}

/** A task in a list. Fields that the role hides are absent. */
export interface TaskRow {
  id: number;
  title: string;
  kind?: "todo" | "call" | "email" | "text" | "meeting" | "followup";
  due_at?: string | null;
  due_date?: string | null;
  remind_at?: string | null;
  recurrence?: Recurrence | null;
  contact_id?: number | null;
  contact_name?: string | null;
  deal_id?: number | null;
  deal_title?: string | null;
  done_at: string | null;
  done_by_id: number | null;
  done_by_name: string | null;
  owner_id: number | null;
  owner_name: string | null;
  team_id: number | null;
  custom: Record<string, boolean | number | string | string[] | null>;
  created_at: string;
  updated_at: string;
  archived_at: string | null;
  version: number;
}

/** A member's place in one team. */
export interface TeamPlace {
  id: number;
  name: string;
  is_leader: boolean;
}

/** A team and its members. */
export interface TeamRow {
  id: number;
  name: string;
  members: TeamSeat[];
}

/** A member in a team's list. */
export interface TeamSeat {
  id: number;
  name: string;
  is_leader: boolean;
}

/** Fields of a template to change; those not sent stay. */
export interface TemplateChanges {
  name?: string;
  /** One line, with merge fields. */
  subject?: string;
  /** Plain text, with merge fields. */
  body?: string;
  shared?: boolean;
}

/** The template that is gone. */
export interface TemplateDeleted {
  id: number;
}

/** An email template: shared by everybody, or its owner's alone. */
export interface TemplateRow {
  id: number;
  name: string;
  subject: string;
  body: string;
  shared: boolean;
  owner_id: number | null;
  owner_name: string | null;
  created_at: string;
  updated_at: string;
}

/** The firm's settings to change; those not sent stay. */
export interface TenantChanges {
  name?: string;
  locale?: "en" | "de";
  time_zone?: string;
  /** ISO 4217 code. */
  currency?: string;
  /** ISO 3166-1 code of two letters. */
  country?: string;
  /** As #rrggbb. */
  brand_color?: string;
  tracks_mail?: boolean;
}

/** The firm. */
export interface TenantRow {
  id: number;
  slug: string;
  name: string;
  locale: string;
  time_zone: string;
  currency: string;
  country: string;
  brand_color: string;
  logo_url: string | null;
  tracks_mail: boolean;
}

/** An email conversation with a contact. ``title`` is its subject, ``snippet`` how its newest mail begins. */
export interface ThreadRow {
  id: number;
  contact_id: number;
  contact_name: string | null;
  title: string;
  snippet: string;
  last_message_at: string;
  unread: boolean;
  owner_id: number | null;
  team_id: number | null;
  created_at: string;
  updated_at: string;
}

/** What an automation would do with a record now; ``admitted`` says whether its conditions let the record in. */
export interface Trial {
  admitted: boolean;
  record_name: string;
  steps: TrialStep[];
}

/** A step of a dry run: what it would do in words, and what is wrong with it. */
export interface TrialStep {
  id: string;
  kind: string;
  would: string;
  depth: number;
  problem: string;
}

/** What a run has to wait for before its next turn: a number of seconds, free places, or somebody; or nothing. */
export interface Turn {
  is_over: boolean;
  outcome: string;
  seconds: number;
  is_held: boolean;
  slots: SlotWanted[];
  coming: string;
}

/** Take the contact out of a sequence, or of all they are in. */
export interface Unenroll {
  id: string;
  kind: "unenroll";
  sequence_id?: number | null;
}

/** How many enrollments were stopped. */
export interface Unenrolled {
  stopped: number;
}

/** How many notifications wait unread; 100 stands for more than 99. */
export interface UnreadCount {
  unread: number;
}

/** Whether the address gets no more mail by its own wish. */
export interface Unsubscribed {
  email: string;
  is_unsubscribed: boolean;
}

/** Set a field of the record. */
export interface UpdateField {
  id: string;
  kind: "update_field";
  field: string;
  value?: string | number | boolean | null;
}

/** What the firm uses of what it has. */
export interface Usage {
  plan: string | null;
  seats: SeatUsage;
  requests: RequestBudget;
}

/** Whether the firm has begun to work with the product. */
export interface Use {
  contacts: boolean;
  teammates: boolean;
}

/** How long deals had been in a stage when they left it, on average, in days; None if none left. */
export interface VelocityRow {
  stage_id: number;
  name: string;
  left: number;
  days: number | null;
}

/** A published version, and how it differs from the one before. */
export interface VersionDetail {
  number: number;
  published_at: string;
  published_by: string | null;
  definition: Record<string, unknown>;
  differences: Difference[];
}

/** A published version. */
export interface VersionRow {
  number: number;
  published_at: string;
  published_by: string | null;
}

/** What of a view to change. */
export interface ViewChanges {
  name?: string;
  filter?: (Condition | AllOf | AnyOf) | null;
  /** Names of fields, in order; empty: those of the object. */
  columns?: string[];
  sort?: string | "";
  shared?: "private" | "teams" | "everyone";
  is_pinned?: boolean;
  position?: number;
}

/** A saved view. ``is_broken``: its filter asks for a field that is gone or that your role does not show. */
export interface ViewRow {
  id: number;
  object: "contact" | "company" | "deal" | "task";
  name: string;
  filter: Record<string, unknown> | null;
  columns: string[];
  sort: string;
  shared: "private" | "teams" | "everyone";
  is_pinned: boolean;
  position: number;
  owner_id: number;
  owner_name: string;
  is_own: boolean;
  is_default: boolean;
  is_broken: boolean;
}

/** A member, as others see them beside a record. */
export interface Viewer {
  member_id: number;
  name: string;
}

/** A step that an enrollment came to, and how it ended. */
export interface VisitRow {
  step_id: number;
  kind: string;
  position: number;
  state: "here" | "sent" | "done" | "skipped" | "stopped" | "failed";
  replied: boolean;
  message_id: number | null;
  note: string;
  entered_at: string;
  left_at: string | null;
}

/** Go on as soon as the conditions hold for the record, or after a number of days at the latest. */
export interface WaitFor {
  id: string;
  kind: "wait_for";
  filter: Condition | AllOf | AnyOf;
  days?: number;
}

/** Let time go by; with ``business_hours`` go on only in them. */
export interface CrmAutomationsDefinitionWait {
  id: string;
  kind: "wait";
  days?: number;
  hours?: number;
  minutes?: number;
  business_hours?: boolean;
}

/** What became of one item, in the order of the request. ``error`` is null if it was done. */
export interface CrmContactsSchemasBatchResult {
  index: number;
  id: number | null;
  version: number | null;
  created: boolean;
  error: BatchError | null;
}

/** What became of one item of a batch: the record's id and version, or the error as a problem's members. */
export interface CrmRecordsSchemasBatchResult {
  index: number;
  id: number | null;
  version: number | null;
  error: Record<string, unknown> | null;
}

/** Let time go by on the contact's clock. */
export interface CrmSequencesDefinitionWait {
  kind: "wait";
  days?: number;
  hours?: number;
  business?: boolean;
  until?: string | null;
}

/** A step with what it says and its figures. A deleted one is listed while contacts are at it. */
export interface CrmSequencesSchemasStepRow {
  id: number;
  position: number;
  kind: string;
  params: Record<string, unknown>;
  template_id: number | null;
  template_name: string | null;
  is_removed: boolean;
  figures: StepFigures;
}

/** A step in a run's timeline. */
export interface WorkflowsRunsSchemasStepRow {
  seq: number;
  position: string;
  key: string;
  kind: string;
  name: string;
  args?: unknown;
  status: "waiting" | "started" | "done" | "failed" | "skipped";
  attempts: number;
  due_at: string | null;
  started_at: string;
  finished_at: string | null;
  result: unknown;
  error: Record<string, unknown> | null;
  child_id: number | null;
}

export interface Functions {
  /** Change your password: you stay logged in here and nowhere else, and an email tells you. */
  "accounts.change_password": { kind: "mutation"; args: {
    current_password: string;
    new_password: string;
  }; result: Deleted };
  /** Create an API key that acts as you, or as a member who may not do more than you. */
  "accounts.create_api_key": { kind: "mutation"; args: {
    name: string;
    scopes?: string[] | null;
    member_id?: number | null;
    expires_at?: string | null;
    allowed_addresses?: string[] | null;
  }; result: NewApiKey };
  /** Take the firm's logo away, in emails sent before, too. */
  "accounts.delete_logo": { kind: "mutation"; args: {}; result: TenantRow };
  /** Get a ticket with which a socket may be opened once, within 60 seconds, on your behalf. */
  "accounts.get_live_ticket": { kind: "query"; args: {}; result: LiveTicket };
  /** Read who you are: member, role, teams, permissions, field rules, the key's scopes, and the firm. */
  "accounts.get_me": { kind: "query"; args: {}; result: Me };
  /** Read the firm's settings. */
  "accounts.get_tenant": { kind: "query"; args: {}; result: TenantRow };
  /** List the firm's API keys, the newest first, without their secrets. */
  "accounts.list_api_keys": { kind: "query"; args: {
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageApiKeyRow };
  /** List the browsers in which you are logged in, the last used first. */
  "accounts.list_devices": { kind: "query"; args: {}; result: DeviceRow[] };
  /** Revoke an API key for good: requests and open sockets with it end at once. */
  "accounts.revoke_api_key": { kind: "mutation"; args: {
    api_key_id: number;
  }; result: ApiKeyRow };
  /** Log one of your browsers out; its open pages close. */
  "accounts.revoke_device": { kind: "mutation"; args: {
    device_id: number;
  }; result: Deleted };
  /** Set the firm's logo: a PNG, JPEG or WebP in Base64, of which a PNG of at most 640 by 160 pixels is kept. */
  "accounts.set_logo": { kind: "mutation"; args: {
    picture: string;
  }; result: TenantRow };
  /** Change your own name, language or time zone, in every firm that you belong to. */
  "accounts.update_profile": { kind: "mutation"; args: {
    changes: ProfileChanges;
  }; result: Deleted };
  /** Change the firm's settings. */
  "accounts.update_tenant": { kind: "mutation"; args: {
    changes: TenantChanges;
  }; result: TenantRow };
  /** Put an activity into the bin. */
  "activities.archive_activity": { kind: "mutation"; args: {
    activity_id: number;
    version?: number | null;
  }; result: RecordRef };
  /** Write a note, or log a call, text, email or meeting, on one contact, deal or company. */
  "activities.create_activity": { kind: "mutation"; args: {
    kind?: "note" | "call" | "text" | "email" | "meeting";
    contact_id?: number | null;
    deal_id?: number | null;
    company_id?: number | null;
    body?: string;
    direction?: "" | "in" | "out";
    occurred_at?: string | null;
    outcome?: "" | "connected" | "voicemail" | "no_answer" | "busy" | "wrong_number";
    seconds?: number | null;
    payload?: Record<string, unknown> | null;
    source?: string;
    /** Its id at the source: a second one of the same source is not created again. */
    external_id?: string;
  }; result: ActivityRow };
  /** Read one activity, in the bin or not. */
  "activities.get_activity": { kind: "query"; args: {
    activity_id: number;
  }; result: ActivityRow };
  /** List the activities on the records that you may see, newest first unless ``sort`` says otherwise. */
  "activities.list_activities": { kind: "query"; args: {
    kind?: ("note" | "call" | "text" | "email" | "meeting" | "system") | null;
    actor_id?: number | null;
    contact_id?: number | null;
    deal_id?: number | null;
    company_id?: number | null;
    updated_since?: string | null;
    archived?: boolean;
    sort?: "-occurred_at" | "occurred_at" | "-created_at" | "-updated_at";
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageActivityRow };
  /** List what happened with one contact, deal or company, newest first; ``pinned`` only what is kept in sight. */
  "activities.list_timeline": { kind: "query"; args: {
    contact_id?: number | null;
    deal_id?: number | null;
    company_id?: number | null;
    kind?: ("note" | "call" | "text" | "email" | "meeting" | "system") | null;
    pinned?: boolean;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageActivityRow };
  /** Keep an activity in sight on top of its timeline, for everybody who sees it; or no longer. */
  "activities.pin_activity": { kind: "mutation"; args: {
    activity_id: number;
    pinned?: boolean;
    version?: number | null;
  }; result: ActivityRow };
  /** Take an activity out of the bin. */
  "activities.restore_activity": { kind: "mutation"; args: {
    activity_id: number;
  }; result: ActivityRow };
  /** Change what an activity says; those fields not sent stay as they are. */
  "activities.update_activity": { kind: "mutation"; args: {
    activity_id: number;
    changes: ActivityChanges;
    version?: number | null;
  }; result: ActivityRow };
  /** List what was changed by whom, the newest first; narrow it to an object, a record or a member. */
  "audit.list_audit_entries": { kind: "query"; args: {
    object?: string;
    object_id?: number | null;
    actor_id?: number | null;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageAuditRow };
  /** Add a step: after another one, or first in a branch's way, or first of all. */
  "automations.add_step": { kind: "mutation"; args: {
    automation_id: number;
    step: CrmAutomationsDefinitionWait | WaitFor | CreateTask | CreateRecord | UpdateField | MoveStage | Assign | AddTag | AddNote | Notify | SendEmail | CallWebhook | ClaimPool | Enroll | Unenroll | Stop | Branch;
    after?: string | null;
    within?: string | null;
    way?: "yes" | "no";
    version?: number | null;
  }; result: AutomationDetail };
  /** Start an automation for the next records that its time has come for. */
  "automations.begin_batch": { kind: "mutation"; args: {
    automation_id: number;
    moment: string;
    after_id: number;
  }; result: Batch };
  /** Make another automation with the same draft, off and with no history; a webhook gets an address of its own. */
  "automations.copy_automation": { kind: "mutation"; args: {
    automation_id: number;
    name?: string | null;
  }; result: AutomationDetail };
  /** Make an automation as a draft; nothing happens until it is published and on. */
  "automations.create_automation": { kind: "mutation"; args: {
    name: string;
    description?: string;
    trigger?: (RecordCreated | RecordChanged | StageEntered | DateReached | Scheduled | IncomingWebhook | FormSent | ByHand) | null;
    recipe?: ("deal_won" | "new_contact" | "form_follow_up" | "closing_soon" | "gone_quiet") | null;
  }; result: AutomationDetail };
  /** Make a rule that gives work to members in turn, or by their weights; returns all rules. */
  "automations.create_routing_rule": { kind: "mutation"; args: {
    name: string;
    seats: Seat[];
    kind?: "round_robin" | "weighted";
  }; result: RoutingRow[] };
  /** Delete an automation with its versions and history. Runs under way are cancelled. */
  "automations.delete_automation": { kind: "mutation"; args: {
    automation_id: number;
  }; result: AutomationRef };
  /** Delete a rule; steps that use it then assign nobody. Returns those left. */
  "automations.delete_routing_rule": { kind: "mutation"; args: {
    rule_id: number;
  }; result: RoutingRow[] };
  /** Take a step out, with all that is in its ways. */
  "automations.delete_step": { kind: "mutation"; args: {
    automation_id: number;
    step_key: string;
    version?: number | null;
  }; result: AutomationDetail };
  /** Write to a contact from their owner; nothing happens to one who has no address or wants no email. */
  "automations.email_contact": { kind: "mutation"; args: {
    contact_id: number;
    subject: string;
    body: string;
  }; result: Done };
  /** Write to a member. */
  "automations.email_member": { kind: "mutation"; args: {
    member_id: number;
    subject: string;
    body: string;
  }; result: Done };
  /** Read an automation with its draft, what keeps it from being published, and its versions. */
  "automations.get_automation": { kind: "query"; args: {
    automation_id: number;
  }; result: AutomationDetail };
  /** Read a published version, and how it differs from the one before. */
  "automations.get_automation_version": { kind: "query"; args: {
    automation_id: number;
    number: number;
  }; result: VersionDetail };
  /** Read what a run's steps need of its record; ``is_there`` is false once it is gone or in the bin. */
  "automations.get_facts": { kind: "query"; args: {
    object: "contact" | "company" | "deal" | "task";
    record_id: number;
    reached?: ReachedDay | null;
  }; result: Facts };
  /** Read the version that a run follows, and where its days begin. */
  "automations.get_plan": { kind: "query"; args: {
    version_id: number;
  }; result: Plan };
  /** Read when the draft's clock comes next, and how many records it would take if that were now. */
  "automations.get_reach": { kind: "query"; args: {
    automation_id: number;
  }; result: Reach };
  /** Read when the signing secret was renewed, and until when the former one signs, too. It does not tell them. */
  "automations.get_signing_state": { kind: "query"; args: {}; result: SecretState };
  /** Assign a record to the member whose turn it is; nothing happens if nobody is there. */
  "automations.give_out": { kind: "mutation"; args: {
    rule_id: number;
    object: "contact" | "company" | "deal" | "task";
    record_id: number;
  }; result: Done };
  /** Whether a contact has written, called or met since a moment. */
  "automations.has_replied": { kind: "query"; args: {
    contact_id: number;
    since: string;
  }; result: Answered };
  /** List the records that went through an automation, the latest first; those that you may not see have no name. */
  "automations.list_automation_runs": { kind: "query"; args: {
    automation_id: number;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageAutomationRunRow };
  /** List the automations by name. */
  "automations.list_automations": { kind: "query"; args: {
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageAutomationRow };
  /** List the rules by which work is given out, each with its members. */
  "automations.list_routing_rules": { kind: "query"; args: {}; result: RoutingRow[] };
  /** Whether conditions hold of a record now. */
  "automations.match_record": { kind: "query"; args: {
    object: "contact" | "company" | "deal" | "task";
    record_id: number;
    filter: Condition | AllOf | AnyOf;
  }; result: Matched };
  /** Move a step up (negative) or down among those beside it. */
  "automations.move_step": { kind: "mutation"; args: {
    automation_id: number;
    step_key: string;
    by: number;
    version?: number | null;
  }; result: AutomationDetail };
  /** Tell members something about a record; those who are gone are left out. */
  "automations.notify_members": { kind: "mutation"; args: {
    member_ids: number[];
    text: string;
    link: string;
  }; result: Done };
  /** Put a contact into the pool of a team, or of everybody, and tell the team's members that it is there. */
  "automations.offer_contact": { kind: "mutation"; args: {
    contact_id: number;
    team_id?: number | null;
  }; result: Done };
  /** Make the draft the version that new runs follow, and turn it on. Runs under way keep theirs. */
  "automations.publish_automation": { kind: "mutation"; args: {
    automation_id: number;
    version?: number | null;
  }; result: AutomationDetail };
  /** Make a new signing secret. For ``overlap_hours`` calls are signed by the former one as well. */
  "automations.renew_signing_secret": { kind: "mutation"; args: {
    overlap_hours?: number;
  }; result: Secret };
  /** Take a published version back into the draft; it counts when it is published. */
  "automations.restore_version": { kind: "mutation"; args: {
    automation_id: number;
    number: number;
    version?: number | null;
  }; result: AutomationDetail };
  /** Read the secret that calls to other programs are signed with (docs/webhooks.md); the audit log says who did. */
  "automations.reveal_signing_secret": { kind: "mutation"; args: {}; result: Secret };
  /** Change what starts an automation, and the conditions that a record must meet. */
  "automations.set_trigger": { kind: "mutation"; args: {
    automation_id: number;
    trigger: RecordCreated | RecordChanged | StageEntered | DateReached | Scheduled | IncomingWebhook | FormSent | ByHand;
    only_if?: (Condition | AllOf | AnyOf) | null;
    version?: number | null;
  }; result: AutomationDetail };
  /** Start the published version for a record that you may see, whatever its trigger and conditions. */
  "automations.start_automation": { kind: "mutation"; args: {
    automation_id: number;
    record_id: number;
  }; result: Began };
  /** Take a contact in and start the automation for them, if its conditions let them in. */
  "automations.take_in": { kind: "mutation"; args: {
    token: string;
    first_name?: string;
    last_name?: string;
    /** An email address, or nothing. */
    email?: string;
    /** A phone number as people write it; kept also in E.164 for look-ups. */
    phone?: string;
    source?: string;
    note?: string;
  }; result: Intake };
  /** Say what the draft would do with a record that you may see; waits are passed over, nothing is done. */
  "automations.try_automation": { kind: "query"; args: {
    automation_id: number;
    record_id: number;
  }; result: Trial };
  /** Start no more runs; those under way go on. */
  "automations.turn_off": { kind: "mutation"; args: {
    automation_id: number;
  }; result: AutomationDetail };
  /** Let a published automation's trigger start runs again; what happened meanwhile starts none. */
  "automations.turn_on": { kind: "mutation"; args: {
    automation_id: number;
  }; result: AutomationDetail };
  /** Change an automation's name, description or draft. What runs goes on with its published version. */
  "automations.update_automation": { kind: "mutation"; args: {
    automation_id: number;
    changes: AutomationChanges;
    version?: number | null;
  }; result: AutomationDetail };
  /** Change a rule; members who stay in it keep their place in the order. Returns all rules. */
  "automations.update_routing_rule": { kind: "mutation"; args: {
    rule_id: number;
    name: string;
    seats: Seat[];
    kind?: "round_robin" | "weighted";
  }; result: RoutingRow[] };
  /** Change a step, known by its id. A branch keeps the steps of its ways. */
  "automations.update_step": { kind: "mutation"; args: {
    automation_id: number;
    step: CrmAutomationsDefinitionWait | WaitFor | CreateTask | CreateRecord | UpdateField | MoveStage | Assign | AddTag | AddNote | Notify | SendEmail | CallWebhook | ClaimPool | Enroll | Unenroll | Stop | Branch;
    version?: number | null;
  }; result: AutomationDetail };
  /** Choose a plan and its seats; returns the provider's page on which it is paid for. */
  "billing.choose_plan": { kind: "mutation"; args: {
    plan: string;
    /** Members and open invitations together. */
    seats: number;
  }; result: CheckoutLink };
  /** Let a tenant try for so many days more, from its end or, if that is past, today; or until the end of a day. */
  "billing.extend_trial": { kind: "mutation"; args: {
    days?: number | null;
    last_day?: string | null;
  }; result: StandingRow };
  /** Read how the firm's subscription stands: plan, seats, and until when. */
  "billing.get_billing": { kind: "query"; args: {}; result: BillingState };
  /** Read what the trial's run does next, and when. */
  "billing.get_next_action": { kind: "query"; args: {}; result: NextAction };
  /** Read what the firm uses of what it has: seats, and how many requests programs may make. */
  "billing.get_usage": { kind: "query"; args: {}; result: Usage };
  /** List the firm's bills, the newest first. */
  "billing.list_invoices": { kind: "query"; args: {
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageInvoiceRow };
  /** List the plans that are offered; prices are for a seat and month. */
  "billing.list_plans": { kind: "query"; args: {}; result: PlanRow[] };
  /** Lock a tenant: nothing is deleted, nothing shown; for the operator. */
  "billing.lock_tenant": { kind: "mutation"; args: {}; result: StandingRow };
  /** Take in an event of a payment provider whose signature was checked. */
  "billing.take_payment": { kind: "mutation"; args: {
    notice: PaymentNotice;
  }; result: PaymentOutcome };
  /** Do what is next, if it still is: a payment or a longer trial that came meanwhile has made it void. */
  "billing.take_trial_step": { kind: "mutation"; args: {
    action: "welcome" | "check_in" | "remind" | "expire" | "tell_grace" | "lock" | "tell_locked" | "thank";
    at: string;
    is_used?: boolean;
  }; result: StandingRow };
  /** Open a tenant as if it had paid, with what it chose or the given plan and seats; for the operator. */
  "billing.unlock_tenant": { kind: "mutation"; args: {
    plan?: string | null;
    seats?: number | null;
  }; result: StandingRow };
  /** List the records of one kind that are in the bin and that you may restore, the last thrown away first. */
  "bin.list_bin": { kind: "query"; args: {
    object: "contact" | "company" | "deal" | "task" | "activity" | "attachment";
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageBinRow };
  /** Delete a record that is in the bin for good, with what stands on it alone. This can't be undone. */
  "bin.purge_record": { kind: "mutation"; args: {
    object: "contact" | "company" | "deal" | "task" | "activity" | "attachment";
    record_id: number;
  }; result: Purged };
  /** Put a company into the bin; its contacts stay. */
  "companies.archive_company": { kind: "mutation"; args: {
    company_id: number;
    version?: number | null;
  }; result: RecordRef };
  /** Give a company to a member, or to nobody. */
  "companies.assign_company": { kind: "mutation"; args: {
    company_id: number;
    owner_id: number | null;
    version?: number | null;
  }; result: RecordRef };
  /** Do up to 200 things with companies, with a result for each; one that is refused leaves the others alone. */
  "companies.batch_companies": { kind: "mutation"; args: {
    items: Record<string, unknown>[];
  }; result: CrmRecordsSchemasBatchResult[] };
  /** Create a company. You own it unless you say who. */
  "companies.create_company": { kind: "mutation"; args: {
    name: string;
    /** A bare domain such as example.com, or nothing. */
    domain?: string;
    phone?: string;
    city?: string;
    industry?: string;
    notes?: string;
    custom?: (Record<string, boolean | number | string | string[] | null>) | null;
    owner_id?: number | null;
  }; result: CompanyDetail };
  /** Read one company, in the bin or not. */
  "companies.get_company": { kind: "query"; args: {
    company_id: number;
  }; result: CompanyDetail };
  /** List the companies that you may see, by name. ``search`` finds as ``search.search_records`` does. */
  "companies.list_companies": { kind: "query"; args: {
    search?: string;
    updated_since?: string | null;
    archived?: boolean;
    sort?: "name" | "-name" | "-created_at" | "-updated_at";
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageCompanyRow };
  /** List up to 20 companies to choose from, by name. */
  "companies.list_company_choices": { kind: "query"; args: {
    search?: string;
  }; result: Choice[] };
  /** Take a company out of the bin. */
  "companies.restore_company": { kind: "mutation"; args: {
    company_id: number;
  }; result: CompanyDetail };
  /** Find the companies that you may see by a filter on any of their fields, in any order. */
  "companies.search_companies": { kind: "query"; args: {
    filter?: (Condition | AllOf | AnyOf) | null;
    search?: string;
    archived?: boolean;
    /** A field to sort by, with - the other way round; records without a value come last. */
    sort?: string;
    /** An IANA time zone: where days begin for relative dates. */
    time_zone?: string;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageCompanyRow };
  /** Change fields of a company; those not sent stay as they are. A new name reaches its contacts. */
  "companies.update_company": { kind: "mutation"; args: {
    company_id: number;
    changes: CompanyChanges;
    version?: number | null;
    merge?: boolean;
  }; result: CompanyDetail };
  /** Change the company in your sight that has this domain, or create it. ``created`` says what happened. */
  "companies.upsert_company": { kind: "mutation"; args: {
    match: "domain";
    values: CompanyValues;
  }; result: CompanyUpserted };
  /** Add a postal address to a contact. */
  "contacts.add_address": { kind: "mutation"; args: {
    contact_id: number;
    label?: "work" | "home" | "other";
    street?: string;
    city?: string;
    region?: string;
    postal_code?: string;
    /** ISO 3166-1 code of two letters, or nothing. */
    country?: string;
    is_primary?: boolean;
    version?: number | null;
  }; result: AddressRow };
  /** Add an email address to a contact. The first one is the primary one; Conflict if the contact has it. */
  "contacts.add_email": { kind: "mutation"; args: {
    contact_id: number;
    address: string;
    label?: "work" | "home" | "other";
    is_primary?: boolean;
    version?: number | null;
  }; result: EmailRow };
  /** Add a phone number to a contact. Without a country code it is taken for one of your workspace's country. */
  "contacts.add_phone": { kind: "mutation"; args: {
    contact_id: number;
    /** A phone number as people write it. */
    number: string;
    kind?: "mobile" | "work" | "home" | "fax" | "other";
    is_primary?: boolean;
    version?: number | null;
  }; result: PhoneRow };
  /** Say what another contact is to this one: their spouse, or who referred them. Seen from both contacts. */
  "contacts.add_relationship": { kind: "mutation"; args: {
    contact_id: number;
    other_id: number;
    kind: "spouse" | "partner" | "parent" | "child" | "sibling" | "friend" | "colleague" | "referrer" | "referral" | "manager" | "report" | "assistant" | "employer" | "other";
    version?: number | null;
  }; result: RelationshipRow };
  /** Put a contact into the bin. */
  "contacts.archive_contact": { kind: "mutation"; args: {
    contact_id: number;
    version?: number | null;
  }; result: RecordRef };
  /** Give a contact to a member, or to nobody: then it waits in the pool, of a team if one is given. */
  "contacts.assign_contact": { kind: "mutation"; args: {
    contact_id: number;
    owner_id: number | null;
    team_id?: number | null;
    version?: number | null;
  }; result: RecordRef };
  /** Do up to 200 things with contacts, with a result for each; one that is refused leaves the others alone. */
  "contacts.batch_contacts": { kind: "mutation"; args: {
    items: Record<string, unknown>[];
  }; result: CrmContactsSchemasBatchResult[] };
  /** Take a contact that nobody owns. Conflict, which says who has it, if somebody was faster. */
  "contacts.claim_contact": { kind: "mutation"; args: {
    contact_id: number;
  }; result: RecordRef };
  /** Create a contact with at least a name, an email address or a phone number. You own it unless you say who. */
  "contacts.create_contact": { kind: "mutation"; args: {
    first_name?: string;
    last_name?: string;
    /** An email address, or nothing. */
    email?: string;
    /** A phone number as people write it; kept also in E.164 for look-ups. */
    phone?: string;
    job_title?: string;
    stage_id?: number | null;
    source?: string;
    company_id?: number | null;
    background?: string;
    price?: (number | string) | null;
    time_frame?: "" | "now" | "3_months" | "6_months" | "12_months" | "later";
    /** The contact's id in the system that ``source`` names; unique there. */
    external_id?: string;
    tags?: string[] | null;
    custom?: (Record<string, boolean | number | string | string[] | null>) | null;
    owner_id?: number | null;
  }; result: ContactDetail };
  /** Add a stage of the relationship after the others. Returns all of them. */
  "contacts.create_contact_stage": { kind: "mutation"; args: {
    name: string;
  }; result: Choice[] };
  /** Add a source to choose from, after the others. Returns all of them. */
  "contacts.create_lead_source": { kind: "mutation"; args: {
    name: string;
  }; result: Choice[] };
  /** Take a postal address from a contact; the oldest other one becomes primary if it was that. */
  "contacts.delete_address": { kind: "mutation"; args: {
    contact_id: number;
    address_id: number;
    version?: number | null;
  }; result: PartDeleted };
  /** Take a contact out of a company; if it was the primary one, the oldest other one becomes that. */
  "contacts.delete_company_role": { kind: "mutation"; args: {
    contact_id: number;
    company_id: number;
    version?: number | null;
  }; result: PartDeleted };
  /** Delete a stage; its contacts, those in the bin too, move to the target. Returns those left. */
  "contacts.delete_contact_stage": { kind: "mutation"; args: {
    contact_stage_id: number;
    target_stage_id?: number | null;
  }; result: Choice[] };
  /** Take an email address from a contact; the oldest other one becomes primary if it was that. */
  "contacts.delete_email": { kind: "mutation"; args: {
    contact_id: number;
    email_id: number;
    version?: number | null;
  }; result: PartDeleted };
  /** Offer a source no longer; the contacts that have it keep the word. Returns those left. */
  "contacts.delete_lead_source": { kind: "mutation"; args: {
    lead_source_id: number;
  }; result: Choice[] };
  /** Take a phone number from a contact; the oldest other one becomes primary if it was that. */
  "contacts.delete_phone": { kind: "mutation"; args: {
    contact_id: number;
    phone_id: number;
    version?: number | null;
  }; result: PartDeleted };
  /** Take back that two contacts are related. */
  "contacts.delete_relationship": { kind: "mutation"; args: {
    contact_id: number;
    relationship_id: number;
    version?: number | null;
  }; result: PartDeleted };
  /** Read one contact, in the bin or not. */
  "contacts.get_contact": { kind: "query"; args: {
    contact_id: number;
  }; result: ContactDetail };
  /** Read how a contact is reached, where they work, whom they know, and the newest word on each channel. */
  "contacts.get_profile": { kind: "query"; args: {
    contact_id: number;
  }; result: ContactProfile };
  /** List who is what in a company: the contacts in your sight with their roles, the first two hundred. */
  "contacts.list_company_roles": { kind: "query"; args: {
    company_id: number;
  }; result: CompanyRoleRow[] };
  /** List everything that a contact said about being written to or called, the newest first. */
  "contacts.list_consents": { kind: "query"; args: {
    contact_id: number;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageConsentRow };
  /** List the stages of the relationship, in order. */
  "contacts.list_contact_stages": { kind: "query"; args: {}; result: Choice[] };
  /** List the contacts that you may see, most recently active first. */
  "contacts.list_contacts": { kind: "query"; args: {
    search?: string;
    owner_id?: number | null;
    stage_id?: number | null;
    company_id?: number | null;
    updated_since?: string | null;
    archived?: boolean;
    sort?: "-last_activity_at" | "full_name" | "-created_at" | "-updated_at" | "next_task_due_at";
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageContactRow };
  /** List where contacts come from, in order. A contact's ``source`` may be another word, too. */
  "contacts.list_lead_sources": { kind: "query"; args: {}; result: Choice[] };
  /** List the contacts that nobody owns and that you may take, the newest first. */
  "contacts.list_pool": { kind: "query"; args: {
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageContactRow };
  /** Find contacts by exact email address or phone number, normalised; up to 50, no cursor. */
  "contacts.lookup_contact": { kind: "query"; args: {
    email?: string;
    phone?: string;
  }; result: PageContactRow };
  /** Put the stages into the given order, which names each of them once. */
  "contacts.order_contact_stages": { kind: "mutation"; args: {
    stage_ids: number[];
  }; result: Choice[] };
  /** Put the sources into the given order, which names each of them once. */
  "contacts.order_lead_sources": { kind: "mutation"; args: {
    lead_source_ids: number[];
  }; result: Choice[] };
  /** Say that a contact belongs to a company, and as what. The first company is the primary one. */
  "contacts.put_company_role": { kind: "mutation"; args: {
    contact_id: number;
    company_id: number;
    role?: string;
    is_primary?: boolean;
    version?: number | null;
  }; result: CompanyPlaceRow };
  /** Note what a contact said about one channel, when, and how that can be shown. Earlier notes stay. */
  "contacts.record_consent": { kind: "mutation"; args: {
    contact_id: number;
    channel: "email" | "phone" | "text" | "mail";
    state: "granted" | "pending" | "withdrawn";
    proof?: string;
    at?: string | null;
    version?: number | null;
  }; result: ConsentRow };
  /** Change a stage's name. Returns all stages. */
  "contacts.rename_contact_stage": { kind: "mutation"; args: {
    contact_stage_id: number;
    name: string;
  }; result: Choice[] };
  /** Change a source's name, on the contacts that have it too. Returns all sources. */
  "contacts.rename_lead_source": { kind: "mutation"; args: {
    lead_source_id: number;
    name: string;
  }; result: Choice[] };
  /** Take a contact out of the bin. */
  "contacts.restore_contact": { kind: "mutation"; args: {
    contact_id: number;
  }; result: ContactDetail };
  /** Find the contacts that you may see by a filter on any of their fields, in any order. */
  "contacts.search_contacts": { kind: "query"; args: {
    filter?: (Condition | AllOf | AnyOf) | null;
    search?: string;
    archived?: boolean;
    /** A field to sort by, with - the other way round; records without a value come last. */
    sort?: string;
    /** An IANA time zone: where days begin for relative dates. */
    time_zone?: string;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageContactRow };
  /** Put a tag on a contact; a tag that nobody has used yet is made. A second time does nothing. */
  "contacts.tag_contact": { kind: "mutation"; args: {
    contact_id: number;
    /** A tag's name: up to 40 characters, without commas and slashes. */
    tag: string;
  }; result: ContactDetail };
  /** Take a tag off a contact; one that is not there does nothing. */
  "contacts.untag_contact": { kind: "mutation"; args: {
    contact_id: number;
    /** A tag's name: up to 40 characters, without commas and slashes. */
    tag: string;
  }; result: ContactDetail };
  /** Change a postal address of a contact, or make it the primary one. */
  "contacts.update_address": { kind: "mutation"; args: {
    contact_id: number;
    address_id: number;
    changes: AddressChanges;
    version?: number | null;
  }; result: AddressRow };
  /** Change fields of a contact; those not sent stay as they are. */
  "contacts.update_contact": { kind: "mutation"; args: {
    contact_id: number;
    changes: ContactChanges;
    version?: number | null;
    merge?: boolean;
  }; result: ContactDetail };
  /** Change an email address of a contact, make it the primary one, or note that mail to it came back. */
  "contacts.update_email": { kind: "mutation"; args: {
    contact_id: number;
    email_id: number;
    changes: EmailChanges;
    version?: number | null;
  }; result: EmailRow };
  /** Change a phone number of a contact, make it the primary one, or mark it as bad. */
  "contacts.update_phone": { kind: "mutation"; args: {
    contact_id: number;
    phone_id: number;
    changes: PhoneChanges;
    version?: number | null;
  }; result: PhoneRow };
  /** Change the contact in your sight that has this email, phone or external id (of the source), or create it. */
  "contacts.upsert_contact": { kind: "mutation"; args: {
    match: "email" | "phone" | "external_id";
    values: ContactValues;
  }; result: ContactUpserted };
  /** Put a deal into the bin. */
  "deals.archive_deal": { kind: "mutation"; args: {
    deal_id: number;
    version?: number | null;
  }; result: RecordRef };
  /** Give a deal to a member, or to nobody. */
  "deals.assign_deal": { kind: "mutation"; args: {
    deal_id: number;
    owner_id: number | null;
    version?: number | null;
  }; result: RecordRef };
  /** Do up to 200 things with deals, with a result for each; one that is refused leaves the others alone. */
  "deals.batch_deals": { kind: "mutation"; args: {
    items: Record<string, unknown>[];
  }; result: CrmRecordsSchemasBatchResult[] };
  /** Create a deal in a stage, the first open one by default. You own it unless you say who. */
  "deals.create_deal": { kind: "mutation"; args: {
    title: string;
    /** Money, as text. */
    amount?: number | string;
    /** ISO 4217 code. */
    currency?: string;
    commission?: (number | string) | null;
    stage_id?: number | null;
    contact_id?: number | null;
    company_id?: number | null;
    close_date?: string | null;
    custom?: (Record<string, boolean | number | string | string[] | null>) | null;
    owner_id?: number | null;
  }; result: DealRow };
  /** Add a reason for which deals are lost, after the others. */
  "deals.create_lost_reason": { kind: "mutation"; args: {
    name: string;
  }; result: Choice };
  /** Create a pipeline after the others, with the stages that every workspace starts with. */
  "deals.create_pipeline": { kind: "mutation"; args: {
    name: string;
  }; result: PipelineRow };
  /** Add a stage to a pipeline: after the open ones, before those that close a deal. */
  "deals.create_stage": { kind: "mutation"; args: {
    pipeline_id: number;
    name: string;
    kind?: "open" | "won" | "lost";
    /** Per cent of the amount that is expected. */
    probability?: number;
    rot_days?: number | null;
    required_fields?: (("amount" | "commission" | "close_date" | "contact_id" | "company_id")[]) | null;
  }; result: PipelineRow };
  /** Delete a reason; the deals that have it are lost without one. */
  "deals.delete_lost_reason": { kind: "mutation"; args: {
    lost_reason_id: number;
  }; result: Choice };
  /** Delete a pipeline; its deals, those in the bin too, move to a stage of another one. Returns those left. */
  "deals.delete_pipeline": { kind: "mutation"; args: {
    pipeline_id: number;
    target_stage_id?: number | null;
  }; result: PipelineRow[] };
  /** Delete a stage; its deals, those in the bin too, move to the target. Conflict for the last open stage. */
  "deals.delete_stage": { kind: "mutation"; args: {
    stage_id: number;
    target_stage_id?: number | null;
  }; result: PipelineRow };
  /** Read a pipeline as a board, the first pipeline by default: each stage with its totals and first deals. */
  "deals.get_board": { kind: "query"; args: {
    pipeline?: number | null;
    owner_id?: number | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: BoardRow };
  /** Read one column of the board: its totals, and the deals after the cursor. */
  "deals.get_board_column": { kind: "query"; args: {
    stage_id: number;
    owner_id?: number | null;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: ColumnRow };
  /** Read one deal, in the bin or not. */
  "deals.get_deal": { kind: "query"; args: {
    deal_id: number;
  }; result: DealRow };
  /** List the people with a part in a deal, the primary one first, as far as you may see them. */
  "deals.list_deal_contacts": { kind: "query"; args: {
    deal_id: number;
  }; result: DealContactRow[] };
  /** List the colleagues on a deal, with their splits and what these make of the commission. */
  "deals.list_deal_members": { kind: "query"; args: {
    deal_id: number;
  }; result: DealMemberRow[] };
  /** List the deals that you may see, the ones that moved last first unless ``sort`` says otherwise. */
  "deals.list_deals": { kind: "query"; args: {
    search?: string;
    owner_id?: number | null;
    pipeline_id?: number | null;
    stage_id?: number | null;
    status?: ("open" | "won" | "lost") | null;
    contact_id?: number | null;
    company_id?: number | null;
    updated_since?: string | null;
    archived?: boolean;
    sort?: "-stage_entered_at" | "title" | "-amount" | "close_date" | "-created_at" | "-updated_at";
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageDealRow };
  /** List why deals are lost, in order. */
  "deals.list_lost_reasons": { kind: "query"; args: {}; result: Choice[] };
  /** List the pipelines with their stages, in order. */
  "deals.list_pipelines": { kind: "query"; args: {}; result: PipelineRow[] };
  /** List the stages that a deal has gone through, the last change first. */
  "deals.list_stage_changes": { kind: "query"; args: {
    deal_id: number;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageStageChangeRow };
  /** Move a deal to the lost stage of its pipeline and say why; of a lost one, change the reason. */
  "deals.lose_deal": { kind: "mutation"; args: {
    deal_id: number;
    lost_reason_id?: number | null;
    version?: number | null;
  }; result: DealRow };
  /** Move a deal to a stage, and there below the deal after_id or above before_id, else to the top. */
  "deals.move_deal": { kind: "mutation"; args: {
    deal_id: number;
    stage_id: number;
    before_id?: number | null;
    after_id?: number | null;
    changes?: DealChanges | null;
    version?: number | null;
  }; result: DealRow };
  /** Put a pipeline's stages into the given order, which names each of them once. */
  "deals.order_stages": { kind: "mutation"; args: {
    pipeline_id: number;
    stage_ids: number[];
  }; result: PipelineRow };
  /** Take a person's part in a deal away; after the primary one the deal is with nobody first. */
  "deals.remove_deal_contact": { kind: "mutation"; args: {
    deal_id: number;
    contact_id: number;
  }; result: DealContactRow[] };
  /** Take a colleague off a deal. */
  "deals.remove_deal_member": { kind: "mutation"; args: {
    deal_id: number;
    member_id: number;
  }; result: DealMemberRow[] };
  /** Change a reason's name, on the deals that have it too. */
  "deals.rename_lost_reason": { kind: "mutation"; args: {
    lost_reason_id: number;
    name: string;
  }; result: Choice };
  /** Move a won or lost deal back to the open stage that it came from, else to the first one. */
  "deals.reopen_deal": { kind: "mutation"; args: {
    deal_id: number;
    version?: number | null;
  }; result: DealRow };
  /** Take a deal out of the bin. */
  "deals.restore_deal": { kind: "mutation"; args: {
    deal_id: number;
  }; result: DealRow };
  /** Find the deals that you may see by a filter on any of their fields, in any order. */
  "deals.search_deals": { kind: "query"; args: {
    filter?: (Condition | AllOf | AnyOf) | null;
    search?: string;
    archived?: boolean;
    /** A field to sort by, with - the other way round; records without a value come last. */
    sort?: string;
    /** An IANA time zone: where days begin for relative dates. */
    time_zone?: string;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageDealRow };
  /** Give a person a part in a deal, or another role; the primary one is the deal's ``contact_id``. */
  "deals.set_deal_contact": { kind: "mutation"; args: {
    deal_id: number;
    contact_id: number;
    role?: string;
    is_primary?: boolean;
  }; result: DealContactRow[] };
  /** Put a colleague on a deal, or change their role and split. It gives no sight of the deal: that owner and team do. */
  "deals.set_deal_member": { kind: "mutation"; args: {
    deal_id: number;
    member_id: number;
    role?: string;
    split?: (number | string) | null;
  }; result: DealMemberRow[] };
  /** Change fields of a deal; those not sent stay as they are. */
  "deals.update_deal": { kind: "mutation"; args: {
    deal_id: number;
    changes: DealChanges;
    version?: number | null;
    merge?: boolean;
  }; result: DealRow };
  /** Change a pipeline's name or its place among the others. */
  "deals.update_pipeline": { kind: "mutation"; args: {
    pipeline_id: number;
    changes: PipelineChanges;
  }; result: PipelineRow };
  /** Change a stage. What kind it is can change only while it holds no deal: Conflict. */
  "deals.update_stage": { kind: "mutation"; args: {
    stage_id: number;
    changes: StageChanges;
  }; result: PipelineRow };
  /** Move a deal to the won stage of its pipeline; one that is won already stays as it is. */
  "deals.win_deal": { kind: "mutation"; args: {
    deal_id: number;
    version?: number | null;
  }; result: DealRow };
  /** List what has changed in the rows that you may see since ``after``, a cursor of an earlier page. */
  "feed.list_changes": { kind: "query"; args: {
    tables?: (("contacts" | "companies" | "deals" | "tasks" | "activities" | "files" | "tags" | "lead_sources" | "contact_stages" | "pipelines" | "stages" | "lost_reasons" | "members" | "teams" | "deal_contacts" | "deal_members")[]) | null;
    after?: string | null;
    /** About this many changes a page. */
    limit?: number;
  }; result: ChangePage };
  /** Add a field to contacts, companies, deals or tasks, after the others. */
  "fields.create_custom_field": { kind: "mutation"; args: {
    object: "contact" | "company" | "deal" | "task";
    label: string;
    type: "text" | "long_text" | "number" | "currency" | "date" | "datetime" | "yes_no" | "choice" | "choices" | "url" | "email" | "phone" | "member";
    key?: string | null;
    /** ISO 4217 code. */
    currency?: string;
    required?: boolean;
    options?: GivenOption[] | null;
  }; result: FieldRow };
  /** Delete a field for good, and its values with it: retire it to keep them. Returns how many records had one. */
  "fields.delete_custom_field": { kind: "mutation"; args: {
    custom_field_id: number;
  }; result: DeletedField };
  /** List the custom fields in order, of one kind of record or of all; ``retired`` lists the retired ones too. */
  "fields.list_custom_fields": { kind: "query"; args: {
    object?: ("contact" | "company" | "deal" | "task") | null;
    retired?: boolean;
  }; result: FieldRow[] };
  /** Put the fields of one kind of record into the given order, which names each of those in use once. */
  "fields.order_custom_fields": { kind: "mutation"; args: {
    object: "contact" | "company" | "deal" | "task";
    field_ids: number[];
  }; result: FieldRow[] };
  /** Change a field: its name, whether it is required or retired, its options. */
  "fields.update_custom_field": { kind: "mutation"; args: {
    custom_field_id: number;
    changes: FieldChanges;
  }; result: FieldRow };
  /** Put a file into the bin; it can't be downloaded from there. */
  "files.archive_attachment": { kind: "mutation"; args: {
    file_id: number;
    version?: number | null;
  }; result: RecordRef };
  /** Attach a stored file to one contact, deal or company, or to an activity on one of them. */
  "files.create_attachment": { kind: "mutation"; args: {
    /** What storing the file answered. */
    upload: string;
    filename: string;
    contact_id?: number | null;
    deal_id?: number | null;
    company_id?: number | null;
    activity_id?: number | null;
  }; result: AttachmentRow };
  /** Read what is known of one file, in the bin or not. */
  "files.get_attachment": { kind: "query"; args: {
    file_id: number;
  }; result: AttachmentRow };
  /** List the files that came with some activities, as far as you may see these. */
  "files.list_activity_files": { kind: "query"; args: {
    activity_ids: number[];
  }; result: AttachmentRow[] };
  /** List the files on one contact, deal or company, the newest first; ``archived`` lists the bin instead. */
  "files.list_attachments": { kind: "query"; args: {
    contact_id?: number | null;
    deal_id?: number | null;
    company_id?: number | null;
    archived?: boolean;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageAttachmentRow };
  /** Find a file's bytes in the storage, for the transport that sends them; not out of the bin. */
  "files.open_attachment": { kind: "query"; args: {
    file_id: number;
  }; result: StoredFile };
  /** Take a file out of the bin. */
  "files.restore_attachment": { kind: "mutation"; args: {
    file_id: number;
  }; result: AttachmentRow };
  /** Make a form: on at once, asking for names, an email address and a message unless you say what. */
  "forms.create_form": { kind: "mutation"; args: {
    name: string;
    fields?: FormField[] | null;
  }; result: FormDetail };
  /** Delete a form with what was sent with it, for good; the contacts stay. */
  "forms.delete_form": { kind: "mutation"; args: {
    form_id: number;
    version?: number | null;
  }; result: FormRef };
  /** Read a form with its settings, and what keeps it from working. */
  "forms.get_form": { kind: "query"; args: {
    form_id: number;
  }; result: FormDetail };
  /** Read a form by its address, for whoever fills it in; NotFound while it is off. */
  "forms.get_public_form": { kind: "query"; args: {
    token: string;
  }; result: PublicForm };
  /** List the forms by name, each with when it was last sent. */
  "forms.list_forms": { kind: "query"; args: {
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageFormRow };
  /** List what was sent with a form, the latest first. */
  "forms.list_submissions": { kind: "query"; args: {
    form_id: number;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageSubmissionRow };
  /** Take in what somebody wrote into a form. Who is known by email or phone is not made twice. */
  "forms.submit_form": { kind: "mutation"; args: {
    token: string;
    /** Values by the form's field keys, `consent` as true or false, and `submission_key`: text of your own that names this sending, so that the same again is taken once. */
    values: Record<string, boolean | number | string | string[] | null>;
  }; result: Submitted };
  /** Change what a form asks, says or does; what is not sent stays. */
  "forms.update_form": { kind: "mutation"; args: {
    form_id: number;
    changes: FormChanges;
    version?: number | null;
  }; result: FormDetail };
  /** Take in an event about a person, such as an inquiry: find or create the contact, route, note, notify, enrol. */
  "intake.receive_event": { kind: "mutation"; args: {
    person: EventPerson;
    /** inquiry, registration, viewing, callback, open_house, valuation, ..., or a word of yours. */
    type?: string;
    source?: string;
    /** The event's id at the source: a second one of the same source is not taken in again. */
    external_id?: string;
    occurred_at?: string | null;
    message?: string;
    property?: Property | null;
    campaign?: Campaign | null;
    deal?: EventDeal | null;
    route?: EventRoute | null;
    sequence_id?: number | null;
  }; result: EventTaken };
  /** Look at your mailbox now instead of at its next turn; ``checked_at`` and ``state`` say when and how it went. */
  "mail.check_mailbox": { kind: "mutation"; args: {
    mailbox_id: number;
  }; result: MailboxRow };
  /** Connect your mailbox by IMAP: what contacts write to it from now on comes to their timelines. */
  "mail.create_mailbox": { kind: "mutation"; args: {
    /** An email address; kept in small letters. */
    address: string;
    /** The IMAP server's name. */
    host: string;
    username?: string;
    /** Stored encrypted, never shown again. */
    password: string;
    port?: number;
    security?: "tls" | "starttls" | "none";
    reads_sent?: boolean;
    keeps_sent?: boolean;
  }; result: MailboxRow };
  /** Send nothing to an address any more; what is queued is stopped. Conflict if it is on the list already. */
  "mail.create_suppression": { kind: "mutation"; args: {
    /** An email address; kept in small letters. */
    email: string;
    reason?: "manual" | "complaint" | "unsubscribe";
    /** How one would show it to somebody who doubts it. */
    proof?: string;
  }; result: SuppressionRow };
  /** Make an email template, your own or, with the permission for that, one that everybody shares. */
  "mail.create_template": { kind: "mutation"; args: {
    name: string;
    /** One line, with merge fields. */
    subject: string;
    /** Plain text, with merge fields. */
    body: string;
    shared?: boolean;
  }; result: TemplateRow };
  /** Take your mailbox away, its password included; emails that came from it stay. */
  "mail.delete_mailbox": { kind: "mutation"; args: {
    mailbox_id: number;
  }; result: MailboxDeleted };
  /** Take an address off the list, and forget that mail to it bounced. */
  "mail.delete_suppression": { kind: "mutation"; args: {
    suppression_id: number;
  }; result: SuppressionDeleted };
  /** Delete an email template for good; mails that were written with it stay. Conflict while a sequence uses it. */
  "mail.delete_template": { kind: "mutation"; args: {
    template_id: number;
  }; result: TemplateDeleted };
  /** Read one mail, its cleaned HTML included. */
  "mail.get_message": { kind: "query"; args: {
    message_id: number;
  }; result: MessageDetail };
  /** Read one email template. */
  "mail.get_template": { kind: "query"; args: {
    template_id: number;
  }; result: TemplateRow };
  /** Read one email thread; its mails are a list of their own. */
  "mail.get_thread": { kind: "query"; args: {
    thread_id: number;
  }; result: ThreadRow };
  /** List how the mails behind some activities fare, as far as you may see these. */
  "mail.list_activity_mail": { kind: "query"; args: {
    activity_ids: number[];
  }; result: ActivityMailRow[] };
  /** List the mailboxes that you connected, and how each fares. */
  "mail.list_mailboxes": { kind: "query"; args: {}; result: MailboxRow[] };
  /** List what a template may hold as ``{{name}}`` or, with what stands in for an empty value, ``{{name|there}}``. */
  "mail.list_merge_fields": { kind: "query"; args: {}; result: MergeField[] };
  /** List the mails to and from a contact, the newest first. */
  "mail.list_messages": { kind: "query"; args: {
    contact_id: number;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageMessageRow };
  /** List the addresses that get no email, the newest first; ``search`` finds how an address begins. */
  "mail.list_suppressions": { kind: "query"; args: {
    search?: string;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageSuppressionRow };
  /** List the shared email templates and your own by name, at most 500; ``search`` finds parts of the name. */
  "mail.list_templates": { kind: "query"; args: {
    search?: string;
  }; result: TemplateRow[] };
  /** List the mails of a thread, the newest first. */
  "mail.list_thread_messages": { kind: "query"; args: {
    thread_id: number;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageMessageRow };
  /** List the email threads with the contacts that you may see, the last one first. */
  "mail.list_threads": { kind: "query"; args: {
    contact_id?: number | null;
    owner_id?: number | null;
    unread?: boolean | null;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageThreadRow };
  /** Note that somebody looked at a thread: it is not unread any more, for anybody. */
  "mail.mark_thread_read": { kind: "mutation"; args: {
    thread_id: number;
  }; result: ThreadRow };
  /** Note the first time that a mail was opened, or that a link in it was followed, which means opened, too. */
  "mail.note_seen": { kind: "mutation"; args: {
    message_id: number;
    how: "opened" | "clicked";
  }; result: Seen };
  /** Fill in a mail for a contact without sending it; ``missing`` are fields with neither value nor fallback. */
  "mail.preview_mail": { kind: "query"; args: {
    contact_id: number;
    /** One line; merge fields are filled in. */
    subject?: string;
    /** Plain text; merge fields are filled in. */
    body?: string;
    template_id?: number | null;
  }; result: Preview };
  /** Take in a mail (RFC 5322) that came to a mailbox: into the thread that it answers, else to whom it is from. */
  "mail.receive_message": { kind: "mutation"; args: {
    raw: string;
    mailbox_id?: number | null;
    uploads?: NewFile[] | null;
    left_out?: string[] | null;
  }; result: Received };
  /** Note that a mail came back for good. If the address ``is_gone``, nothing more is sent there. */
  "mail.record_bounce": { kind: "mutation"; args: {
    delivery_id: number;
    reason?: string;
    is_gone?: boolean;
  }; result: Bounced };
  /** Undo an address's unsubscribing, for whoever holds its link. Other reasons to send nothing stay. */
  "mail.resubscribe": { kind: "mutation"; args: {
    /** An email address; kept in small letters. */
    email: string;
    /** How one would show it to somebody who doubts it. */
    proof?: string;
  }; result: Unsubscribed };
  /** Write an email to a contact's primary address; answers come to you. Merge fields are filled in. */
  "mail.send_message": { kind: "mutation"; args: {
    contact_id: number;
    /** One line; merge fields are filled in. */
    subject?: string;
    /** Plain text; merge fields are filled in. */
    body?: string;
    template_id?: number | null;
    reply_to_message_id?: number | null;
    file_ids?: number[] | null;
    uploads?: NewFile[] | null;
  }; result: MessageRow };
  /** Take in a mail that a member sent to a contact in another program. */
  "mail.take_sent_message": { kind: "mutation"; args: {
    raw: string;
    mailbox_id: number;
    uploads?: NewFile[] | null;
    left_out?: string[] | null;
  }; result: Received };
  /** Send no more mail to an address, queued mail included, and note that on its contacts. A repeat does nothing. */
  "mail.unsubscribe": { kind: "mutation"; args: {
    /** An email address; kept in small letters. */
    email: string;
    /** How one would show it to somebody who doubts it. */
    proof?: string;
  }; result: Unsubscribed };
  /** Change how your mailbox is reached, a new password included; it is looked at at once. */
  "mail.update_mailbox": { kind: "mutation"; args: {
    mailbox_id: number;
    changes: MailboxChanges;
  }; result: MailboxRow };
  /** Change an email template; what is under way in sequences uses the new text from now on. */
  "mail.update_template": { kind: "mutation"; args: {
    template_id: number;
    changes: TemplateChanges;
  }; result: TemplateRow };
  /** Count what you have not seen yet, up to 100. */
  "notifications.count_unread": { kind: "query"; args: {}; result: UnreadCount };
  /** List what you were told, newest first; ``unread`` leaves out what you have seen. */
  "notifications.list_notifications": { kind: "query"; args: {
    unread?: boolean;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageNotificationRow };
  /** List which notifications reach you by email, too. */
  "notifications.list_preferences": { kind: "query"; args: {}; result: PreferenceRow[] };
  /** Mark notifications of yours as read, all of them unless you say which; returns how many are still unread. */
  "notifications.mark_read": { kind: "mutation"; args: {
    ids?: number[] | null;
  }; result: UnreadCount };
  /** Choose whether notifications of a kind reach you by email, too. */
  "notifications.set_preference": { kind: "mutation"; args: {
    kind: "mention" | "assigned" | "reminder" | "automation" | "trouble" | "mail";
    by_email: boolean;
  }; result: PreferenceRow[] };
  /** Put the checklist of somebody away who never finished it. */
  "onboarding.end_onboarding": { kind: "mutation"; args: {
    member_id: number;
  }; result: Progress };
  /** Put your checklist away: when all of it is done, which its leader hears of; or ``anyway``. */
  "onboarding.finish_first_steps": { kind: "mutation"; args: {
    anyway?: boolean;
  }; result: FirstSteps };
  /** Read your checklist of first steps: each is done as soon as the facts say so. */
  "onboarding.get_first_steps": { kind: "query"; args: {}; result: FirstSteps };
  /** Read whether the firm has begun to work: contacts are there, somebody was invited. */
  "onboarding.get_use": { kind: "query"; args: {}; result: Use };
  /** Welcome a new member by email and open their checklist. */
  "onboarding.greet_member": { kind: "mutation"; args: {
    member_id: number;
  }; result: Greeting };
  /** Look how far a new member is: end it if they are done, else write to them if ``by_email``. */
  "onboarding.nudge_member": { kind: "mutation"; args: {
    member_id: number;
    by_email: boolean;
  }; result: Progress };
  /** Read who you are to others at a record that you may see; NotFound if you may not. */
  "presence.get_viewer": { kind: "query"; args: {
    object: "contact" | "company" | "deal";
    record_id: number;
  }; result: Viewer };
  /** Forget a person, in the bin or not: the contact and all that hangs on it go for good. This can't be undone. */
  "privacy.erase_contact": { kind: "mutation"; args: {
    contact_id: number;
    /** The contact's name as it is shown: without a name the email address, else the phone number. */
    name: string;
  }; result: Erased };
  /** Export all that is held on a contact and that your role shows, as one document; the audit log notes the export. */
  "privacy.export_contact": { kind: "mutation"; args: {
    contact_id: number;
  }; result: PersonExport };
  /** Set a goal for a member or for a team; for neither, it is the whole firm's. */
  "reports.create_goal": { kind: "mutation"; args: {
    metric: "amount_won" | "deals_won" | "calls" | "activities" | "tasks_done";
    period: "month" | "quarter" | "year";
    /** A number, or an amount of the currency. */
    target: number | string;
    owner_id?: number | null;
    team_id?: number | null;
    /** ISO 4217 code. */
    currency?: string;
  }; result: GoalRow };
  /** Delete a goal for good; what was done stays in the reports. */
  "reports.delete_goal": { kind: "mutation"; args: {
    goal_id: number;
  }; result: GoalDeleted };
  /** Read what members did: calls, emails, texts, meetings, notes and tasks, by member and over time. */
  "reports.get_activity": { kind: "query"; args: {
    since?: string | null;
    until?: string | null;
    owner_id?: number | null;
    team_id?: number | null;
  }; result: Effort };
  /** Sum up the open deals that are expected to close this month or in the five after it. */
  "reports.get_forecast": { kind: "query"; args: {
    pipeline_id?: number | null;
    owner_id?: number | null;
    team_id?: number | null;
  }; result: ForecastRow[] };
  /** Read how many deals reached each stage of a pipeline (the first one by default), and where they were lost. */
  "reports.get_funnel": { kind: "query"; args: {
    pipeline_id?: number | null;
    since?: string | null;
    until?: string | null;
    owner_id?: number | null;
    team_id?: number | null;
  }; result: Funnel };
  /** Read which members won or did the most, the first first; equal values share a place. */
  "reports.get_leaderboard": { kind: "query"; args: {
    metric?: "amount_won" | "deals_won" | "calls" | "activities" | "tasks_done";
    since?: string | null;
    until?: string | null;
    team_id?: number | null;
    pipeline_id?: number | null;
    limit?: number;
  }; result: RankRow[] };
  /** Read how many open deals each stage of a pipeline holds (the first one by default), and their worth. */
  "reports.get_pipeline": { kind: "query"; args: {
    pipeline_id?: number | null;
    owner_id?: number | null;
    team_id?: number | null;
  }; result: PipelineTotal };
  /** Read where new contacts came from, the largest source first, with the span before for comparison. */
  "reports.get_sources": { kind: "query"; args: {
    since?: string | null;
    until?: string | null;
    owner_id?: number | null;
    team_id?: number | null;
  }; result: SourceRow[] };
  /** Read what a span came to, and the span before it: new contacts, won and lost deals, activities, tasks. */
  "reports.get_summary": { kind: "query"; args: {
    since?: string | null;
    until?: string | null;
    owner_id?: number | null;
    team_id?: number | null;
    pipeline_id?: number | null;
  }; result: Comparison };
  /** Read how many days deals spent in each open stage that they left within the span. */
  "reports.get_velocity": { kind: "query"; args: {
    pipeline_id?: number | null;
    since?: string | null;
    until?: string | null;
    owner_id?: number | null;
    team_id?: number | null;
  }; result: VelocityRow[] };
  /** Read what was won and lost over time and why; amounts in one currency, that of most deals by default. */
  "reports.get_won_lost": { kind: "query"; args: {
    since?: string | null;
    until?: string | null;
    pipeline_id?: number | null;
    owner_id?: number | null;
    team_id?: number | null;
    currency?: string | null;
  }; result: Outcomes };
  /** List the goals that you may see, with their progress; ``mine``: your own and those of your teams. */
  "reports.list_goals": { kind: "query"; args: {
    mine?: boolean;
  }; result: GoalRow[] };
  /** Change what is to be reached. */
  "reports.update_goal": { kind: "mutation"; args: {
    goal_id: number;
    /** A number, or an amount of the currency. */
    target: number | string;
  }; result: GoalRow };
  /** Make the user a member as the invitation says; works once. The user's address must be the invited one. */
  "roles.accept_invitation": { kind: "mutation"; args: {
    token: string;
    user_id: number;
  }; result: MemberRow };
  /** Put a member into a team, as a leader if you say so. */
  "roles.add_team_member": { kind: "mutation"; args: {
    team_id: number;
    member_id: number;
    is_leader?: boolean;
  }; result: TeamRow };
  /** Give a member another role. You can't give more than you have, and one active owner must stay. */
  "roles.change_member_role": { kind: "mutation"; args: {
    member_id: number;
    role_id: number;
  }; result: MemberRow };
  /** Create a role, empty or as a copy of another one's permissions and field rules. */
  "roles.create_role": { kind: "mutation"; args: {
    name: string;
    description?: string;
    copy_role_id?: number | null;
  }; result: RoleRow };
  /** Create a team. */
  "roles.create_team": { kind: "mutation"; args: {
    name: string;
  }; result: TeamRow };
  /** Shut a member out at once: log-ins, keys and open pages end. Their records stay theirs. */
  "roles.deactivate_member": { kind: "mutation"; args: {
    member_id: number;
  }; result: MemberRow };
  /** Delete a role of the firm's own that no member has; invitations with it are taken back. */
  "roles.delete_role": { kind: "mutation"; args: {
    role_id: number;
  }; result: Deleted };
  /** Delete a team; its members' records move to another team of theirs, or to none. */
  "roles.delete_team": { kind: "mutation"; args: {
    team_id: number;
  }; result: Deleted };
  /** Read what an invitation's link offers; NotFound once it is used, revoked or too old. */
  "roles.get_invitation_offer": { kind: "query"; args: {
    token: string;
  }; result: InvitationOffer };
  /** Read one member. */
  "roles.get_member": { kind: "query"; args: {
    member_id: number;
  }; result: MemberRow };
  /** Read one role with its permissions and field rules. */
  "roles.get_role": { kind: "query"; args: {
    role_id: number;
  }; result: RoleRow };
  /** Invite somebody by email, with a role and teams. The link works once, for 7 days. */
  "roles.invite_member": { kind: "mutation"; args: {
    /** An email address. */
    email: string;
    role_id: number;
    team_ids?: number[] | null;
  }; result: InvitationRow };
  /** List the open invitations, the newest first. */
  "roles.list_invitations": { kind: "query"; args: {
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageInvitationRow };
  /** List up to 100 active members to choose from, by name. */
  "roles.list_member_choices": { kind: "query"; args: {
    search?: string;
  }; result: MemberChoice[] };
  /** List the members of the firm by name, the deactivated ones too unless you ask for active ones. */
  "roles.list_members": { kind: "query"; args: {
    search?: string;
    active?: boolean | null;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageMemberRow };
  /** List the roles' names, in order. */
  "roles.list_role_choices": { kind: "query"; args: {}; result: MemberChoice[] };
  /** List the roles with their permissions and field rules, built-in ones first. */
  "roles.list_roles": { kind: "query"; args: {}; result: RoleRow[] };
  /** List the teams by name, each with its members, leaders first. */
  "roles.list_teams": { kind: "query"; args: {}; result: TeamRow[] };
  /** Move a member, and with them their records, from one team to another. */
  "roles.move_team_member": { kind: "mutation"; args: {
    member_id: number;
    from_team_id: number;
    to_team_id: number;
  }; result: TeamRow };
  /** Let a deactivated member in again. */
  "roles.reactivate_member": { kind: "mutation"; args: {
    member_id: number;
  }; result: MemberRow };
  /** Take a member out of a team; their records leave it too. */
  "roles.remove_team_member": { kind: "mutation"; args: {
    team_id: number;
    member_id: number;
  }; result: TeamRow };
  /** Give a team another name. */
  "roles.rename_team": { kind: "mutation"; args: {
    team_id: number;
    name: string;
  }; result: TeamRow };
  /** Give a built-in role the permissions that it started with; its field rules go. */
  "roles.reset_role": { kind: "mutation"; args: {
    role_id: number;
  }; result: RoleRow };
  /** Take an open invitation back; its link stops working. */
  "roles.revoke_invitation": { kind: "mutation"; args: {
    invitation_id: number;
  }; result: InvitationRow };
  /** Hide a field from a role, let it only read the field, or let it write again. */
  "roles.set_field_permission": { kind: "mutation"; args: {
    role_id: number;
    object: "contact" | "company" | "deal" | "task" | "activity";
    field: string;
    level: "hidden" | "read" | "write";
  }; result: RoleRow };
  /** Set how far a role reaches with one permission word. The Owner role can't be changed. */
  "roles.set_role_permission": { kind: "mutation"; args: {
    role_id: number;
    permission: string;
    access: "none" | "own" | "team" | "all";
  }; result: RoleRow };
  /** Make a member of a team its leader, or an ordinary member again. */
  "roles.set_team_leader": { kind: "mutation"; args: {
    team_id: number;
    member_id: number;
    is_leader: boolean;
  }; result: TeamRow };
  /** Change a role's name or description. */
  "roles.update_role": { kind: "mutation"; args: {
    role_id: number;
    changes: RoleChanges;
  }; result: RoleRow };
  /** Cancel a run: no further step is done; clean-ups of its workflow are. */
  "runs.cancel_run": { kind: "mutation"; args: {
    run_id: number;
  }; result: RunRef };
  /** Start a new run that has done what this one did before the step at a position. */
  "runs.fork_run": { kind: "mutation"; args: {
    run_id: number;
    position?: string | null;
  }; result: RunRef };
  /** Read a run with its timeline: steps, failed attempts, events and children. */
  "runs.get_run": { kind: "query"; args: {
    run_id: number;
  }; result: RunTimeline };
  /** List workflow runs, the newest first; of one workflow, one status or about one record. */
  "runs.list_runs": { kind: "query"; args: {
    workflow?: string | null;
    status?: ("running" | "waiting" | "paused" | "cancelling" | "blocked" | "completed" | "failed" | "cancelled") | null;
    subject?: string | null;
    subject_id?: number | null;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageRunRow };
  /** Let a run rest until it is resumed. */
  "runs.pause_run": { kind: "mutation"; args: {
    run_id: number;
  }; result: RunRef };
  /** Let a paused run go on; what fell due meanwhile is done now. */
  "runs.resume_run": { kind: "mutation"; args: {
    run_id: number;
  }; result: RunRef };
  /** Let a failed run go on from the step that failed, or from the step at a position. */
  "runs.retry_run": { kind: "mutation"; args: {
    run_id: number;
    position?: string | null;
  }; result: RunRef };
  /** Search the contacts, companies, deals, tasks and notes that you may see, while you type. */
  "search.search_records": { kind: "query"; args: {
    /** Words, beginnings of words, initials, or a part of an email address or a number. */
    q?: string;
    kinds?: (("contact" | "company" | "deal" | "task" | "note")[]) | null;
    /** Records a group, at most. */
    limit?: number;
  }; result: SearchAnswer };
  /** Add a tag to choose from. */
  "segments.create_tag": { kind: "mutation"; args: {
    /** A tag's name: up to 40 characters, without commas and slashes. */
    name: string;
    color?: "gray" | "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "purple" | "pink";
  }; result: TagRow };
  /** Save a view: a filter, columns and an order, for yourself, your teams or everyone. */
  "segments.create_view": { kind: "mutation"; args: {
    object: "contact" | "company" | "deal" | "task";
    name: string;
    filter?: (Condition | AllOf | AnyOf) | null;
    columns?: string[] | null;
    sort?: string | "";
    shared?: "private" | "teams" | "everyone";
    is_pinned?: boolean;
  }; result: ViewRow };
  /** Delete a tag; the contacts that carry it lose it. */
  "segments.delete_tag": { kind: "mutation"; args: {
    tag_id: number;
  }; result: TagRow };
  /** Delete a view, for all whom it was shared with; the records stay. */
  "segments.delete_view": { kind: "mutation"; args: {
    view_id: number;
  }; result: DeletedView };
  /** Read one view. */
  "segments.get_view": { kind: "query"; args: {
    view_id: number;
  }; result: ViewRow };
  /** List the tags by name, at most a thousand; ``search`` finds parts of the name. */
  "segments.list_tags": { kind: "query"; args: {
    search?: string;
  }; result: TagRow[] };
  /** List the records that a view admits and you may see, in the view's order unless you name another one. */
  "segments.list_view_results": { kind: "query"; args: {
    view_id: number;
    search?: string;
    sort?: string | null;
    /** An IANA time zone: where days begin for relative dates. */
    time_zone?: string;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageDictStrAny };
  /** List your views and those that are shared with you, in order: of contacts, companies, deals, tasks, or all. */
  "segments.list_views": { kind: "query"; args: {
    object?: ("contact" | "company" | "deal" | "task") | null;
  }; result: ViewRow[] };
  /** Let one tag become another: its contacts get the other one, and it is gone. */
  "segments.merge_tags": { kind: "mutation"; args: {
    tag_id: number;
    into_id: number;
  }; result: TagRow };
  /** Let your table of contacts, companies, deals or tasks begin with a view, or with none. Returns its views. */
  "segments.set_default_view": { kind: "mutation"; args: {
    object: "contact" | "company" | "deal" | "task";
    view_id: number | null;
  }; result: ViewRow[] };
  /** Change a tag's name, on the contacts that carry it too, or its colour. */
  "segments.update_tag": { kind: "mutation"; args: {
    tag_id: number;
    changes: TagChanges;
  }; result: TagRow };
  /** Change a view of yours; with the permission to manage views, one that somebody else shares, too. */
  "segments.update_view": { kind: "mutation"; args: {
    view_id: number;
    changes: ViewChanges;
  }; result: ViewRow };
  /** Add a step: behind another one, first of all, or at the end. Contacts who are past it do not come back for it. */
  "sequences.add_step": { kind: "mutation"; args: {
    sequence_id: number;
    step: Email | Task | Note | CrmSequencesDefinitionWait;
    after?: number | null;
    first?: boolean;
    version?: number | null;
  }; result: SequenceDetail };
  /** Put a sequence away: whoever is in it is stopped at once, and nobody can be enrolled. Its figures stay. */
  "sequences.archive_sequence": { kind: "mutation"; args: {
    sequence_id: number;
  }; result: SequenceDetail };
  /** Make a sequence as a draft; nobody can be enrolled until it is published. */
  "sequences.create_sequence": { kind: "mutation"; args: {
    name: string;
    description?: string;
  }; result: SequenceDetail };
  /** Delete a sequence in which nobody was ever enrolled; others can be archived (Conflict). */
  "sequences.delete_sequence": { kind: "mutation"; args: {
    sequence_id: number;
  }; result: SequenceRef };
  /** Take a step out; contacts who are at it go on with what follows, at once. Its figures are kept. */
  "sequences.delete_step": { kind: "mutation"; args: {
    sequence_id: number;
    step_id: number;
    version?: number | null;
  }; result: SequenceDetail };
  /** Let a contact that you may change begin a sequence. */
  "sequences.enroll_contact": { kind: "mutation"; args: {
    sequence_id: number;
    contact_id: number;
  }; result: EnrollmentDetail };
  /** Enrol up to 200 contacts, with a result for each; or all that a filter chooses among those that you may change. */
  "sequences.enroll_contacts": { kind: "mutation"; args: {
    sequence_id: number;
    contact_ids?: number[] | null;
    filter?: (Condition | AllOf | AnyOf) | null;
    again?: boolean;
  }; result: Enrolled };
  /** Stir the next enrollments that wait for an active sequence, or stop the next ones of an archived one. */
  "sequences.follow_chunk": { kind: "mutation"; args: {
    sequence_id: number;
    after_id: number;
  }; result: Followed };
  /** Read where a contact stands in a sequence, and what became of the steps so far. */
  "sequences.get_enrollment": { kind: "query"; args: {
    enrollment_id: number;
  }; result: EnrollmentDetail };
  /** Read a sequence with its rules, its steps with their figures, and what keeps it from being published. */
  "sequences.get_sequence": { kind: "query"; args: {
    sequence_id: number;
  }; result: SequenceDetail };
  /** Stir the next enrollments that stand at a step which was deleted. */
  "sequences.leave_chunk": { kind: "mutation"; args: {
    step_id: number;
    after_id: number;
  }; result: Followed };
  /** List the contacts that you may see who are or were in a sequence, the latest first. */
  "sequences.list_enrollments": { kind: "query"; args: {
    sequence_id: number;
    state?: ("active" | "paused" | "finished" | "stopped") | null;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageEnrollmentRow };
  /** List the sequences that a contact is or was in, the latest first. */
  "sequences.list_enrollments_of_contact": { kind: "query"; args: {
    contact_id: number;
  }; result: EnrollmentRow[] };
  /** List what was enrolled by a filter, the latest first: your own, or everybody's if you manage sequences. */
  "sequences.list_intakes": { kind: "query"; args: {
    sequence_id: number;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageIntakeRow };
  /** List the sequences by name with their figures; archived ones only if asked for. */
  "sequences.list_sequences": { kind: "query"; args: {
    state?: ("draft" | "active" | "paused" | "archived") | null;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageSequenceRow };
  /** List a sequence's steps in their order, each with its figures. */
  "sequences.list_steps": { kind: "query"; args: {
    sequence_id: number;
  }; result: CrmSequencesSchemasStepRow[] };
  /** Move a step up (negative) or down; at an end it stays. Nobody does a step twice, or one that is behind them. */
  "sequences.move_step": { kind: "mutation"; args: {
    sequence_id: number;
    step_id: number;
    by: number;
    version?: number | null;
  }; result: SequenceDetail };
  /** Let a contact stay where they are. Waits go on meanwhile; what falls due is done when they are resumed. */
  "sequences.pause_enrollment": { kind: "mutation"; args: {
    enrollment_id: number;
  }; result: EnrollmentDetail };
  /** Let everybody in it stay where they are; nothing is done until it is published again. */
  "sequences.pause_sequence": { kind: "mutation"; args: {
    sequence_id: number;
  }; result: SequenceDetail };
  /** Let contacts be enrolled, and those go on who wait since it was paused. InvalidInput lists what is wrong. */
  "sequences.publish_sequence": { kind: "mutation"; args: {
    sequence_id: number;
    version?: number | null;
  }; result: SequenceDetail };
  /** Let a paused contact go on. */
  "sequences.resume_enrollment": { kind: "mutation"; args: {
    enrollment_id: number;
  }; result: EnrollmentDetail };
  /** Let a contact pass over the step that they are at, be it a wait or an email that is to come. */
  "sequences.skip_step": { kind: "mutation"; args: {
    enrollment_id: number;
  }; result: EnrollmentDetail };
  /** Take a contact out of a sequence at once: nothing is done for them after this. */
  "sequences.stop_enrollment": { kind: "mutation"; args: {
    enrollment_id: number;
  }; result: EnrollmentDetail };
  /** Enrol the next contacts of an intake; ends it when there are no more, or when it can't go on. */
  "sequences.take_in_chunk": { kind: "mutation"; args: {
    intake_id: number;
  }; result: Chunk };
  /** Do what is due for an enrollment, at most one thing; returns what its run waits for before the next turn. */
  "sequences.take_turn": { kind: "mutation"; args: {
    enrollment_id: number;
    contact_id: number;
    has_slots?: boolean;
  }; result: Turn };
  /** Take a contact out of a sequence, or of all they are in. */
  "sequences.unenroll_contact": { kind: "mutation"; args: {
    contact_id: number;
    sequence_id?: number | null;
  }; result: Unenrolled };
  /** Change a sequence's name or rules. They hold for those under way, too, from their next step on. */
  "sequences.update_sequence": { kind: "mutation"; args: {
    sequence_id: number;
    changes: SequenceChanges;
    version?: number | null;
  }; result: SequenceDetail };
  /** Change what a step says; it holds for everybody who does it from now on. A wait that has begun keeps its end. */
  "sequences.update_step": { kind: "mutation"; args: {
    sequence_id: number;
    step_id: number;
    step: Email | Task | Note | CrmSequencesDefinitionWait;
    version?: number | null;
  }; result: SequenceDetail };
  /** Put a task into the bin; nobody is reminded of it any more. */
  "tasks.archive_task": { kind: "mutation"; args: {
    task_id: number;
    version?: number | null;
  }; result: RecordRef };
  /** Give a task to a member, or to nobody. A date without a time is from then on one where that member lives. */
  "tasks.assign_task": { kind: "mutation"; args: {
    task_id: number;
    owner_id: number | null;
    version?: number | null;
  }; result: RecordRef };
  /** Do up to 200 things with tasks, with a result for each; one that is refused leaves the others alone. */
  "tasks.batch_tasks": { kind: "mutation"; args: {
    items: Record<string, unknown>[];
  }; result: CrmRecordsSchemasBatchResult[] };
  /** Mark a task as done; of one that is done already, nothing changes and the answer says who did it. */
  "tasks.complete_task": { kind: "mutation"; args: {
    task_id: number;
    version?: number | null;
  }; result: TaskDetail };
  /** Create a task for yourself, or for the member that you name; due at a time, on a date, or whenever. */
  "tasks.create_task": { kind: "mutation"; args: {
    title: string;
    kind?: "todo" | "call" | "email" | "text" | "meeting" | "followup";
    due_at?: string | null;
    due_date?: string | null;
    recurrence?: Recurrence | null;
    reminders?: Reminder[];
    contact_id?: number | null;
    deal_id?: number | null;
    custom?: (Record<string, boolean | number | string | string[] | null>) | null;
    owner_id?: number | null;
  }; result: TaskDetail };
  /** Read one task with its reminders, in the bin or not. */
  "tasks.get_task": { kind: "query"; args: {
    task_id: number;
  }; result: TaskDetail };
  /** List the tasks that you may see: open ones by due time, or done ones, the last first; ``sort`` says otherwise. */
  "tasks.list_tasks": { kind: "query"; args: {
    when?: "open" | "overdue" | "today" | "upcoming" | "undated" | "done";
    owner_id?: number | null;
    contact_id?: number | null;
    deal_id?: number | null;
    updated_since?: string | null;
    archived?: boolean;
    time_zone?: string | null;
    sort?: ("due_at" | "-done_at" | "-created_at" | "-updated_at") | null;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageTaskRow };
  /** Undo a task's completion, and delete the next task that it made, if nobody has touched that one. */
  "tasks.reopen_task": { kind: "mutation"; args: {
    task_id: number;
    version?: number | null;
  }; result: TaskDetail };
  /** Take a task out of the bin. */
  "tasks.restore_task": { kind: "mutation"; args: {
    task_id: number;
  }; result: TaskDetail };
  /** Find the tasks that you may see, open and done, by a filter on any of their fields, in any order. */
  "tasks.search_tasks": { kind: "query"; args: {
    filter?: (Condition | AllOf | AnyOf) | null;
    search?: string;
    archived?: boolean;
    /** A field to sort by, with - the other way round; records without a value come last. */
    sort?: string;
    /** An IANA time zone: where days begin for relative dates. */
    time_zone?: string;
    cursor?: string | null;
    /** Rows a page, at most. */
    limit?: number;
  }; result: PageTaskRow };
  /** Remind a task's owner, in the product and by email; once, and not if the reminder was moved or the task is done. */
  "tasks.send_reminder": { kind: "mutation"; args: {
    task_id: number;
    reminder_id: number;
    remind_at: string;
  }; result: ReminderOutcome };
  /** Put an open task off until a time, or until later today, tomorrow morning or next week (the owner's own). */
  "tasks.snooze_task": { kind: "mutation"; args: {
    task_id: number;
    until?: string | null;
    preset?: ("later_today" | "tomorrow_morning" | "next_week") | null;
    version?: number | null;
  }; result: TaskDetail };
  /** Change fields of a task; those not sent stay as they are. Its reminders move with its due time. */
  "tasks.update_task": { kind: "mutation"; args: {
    task_id: number;
    changes: TaskChanges;
    version?: number | null;
    merge?: boolean;
  }; result: TaskDetail };
}

/** How functions are called over REST; those without a route are followed over the socket. */
export const ROUTES = {
  "accounts.create_api_key": { method: "POST", path: "/api-keys" },
  "accounts.delete_logo": { method: "DELETE", path: "/tenant/logo" },
  "accounts.get_live_ticket": { method: "POST", path: "/me/live-ticket" },
  "accounts.get_me": { method: "GET", path: "/me" },
  "accounts.get_tenant": { method: "GET", path: "/tenant" },
  "accounts.list_api_keys": { method: "GET", path: "/api-keys", paged: true },
  "accounts.list_devices": { method: "GET", path: "/me/devices" },
  "accounts.revoke_api_key": { method: "DELETE", path: "/api-keys/{api_key_id}" },
  "accounts.revoke_device": { method: "DELETE", path: "/me/devices/{device_id}" },
  "accounts.set_logo": { method: "PUT", path: "/tenant/logo" },
  "accounts.update_profile": { method: "PATCH", path: "/me", body: "changes" },
  "accounts.update_tenant": { method: "PATCH", path: "/tenant", body: "changes" },
  "activities.archive_activity": { method: "DELETE", path: "/activities/{activity_id}" },
  "activities.create_activity": { method: "POST", path: "/activities" },
  "activities.get_activity": { method: "GET", path: "/activities/{activity_id}" },
  "activities.list_activities": { method: "GET", path: "/activities", paged: true },
  "activities.list_timeline": { method: "GET", path: "/contacts/{contact_id}/timeline", paged: true },
  "activities.pin_activity": { method: "POST", path: "/activities/{activity_id}/pin" },
  "activities.restore_activity": { method: "POST", path: "/activities/{activity_id}/restore" },
  "activities.update_activity": { method: "PATCH", path: "/activities/{activity_id}", body: "changes" },
  "audit.list_audit_entries": { method: "GET", path: "/audit", paged: true },
  "automations.add_step": { method: "POST", path: "/automations/{automation_id}/steps" },
  "automations.copy_automation": { method: "POST", path: "/automations/{automation_id}/copy" },
  "automations.create_automation": { method: "POST", path: "/automations" },
  "automations.create_routing_rule": { method: "POST", path: "/routing-rules" },
  "automations.delete_automation": { method: "DELETE", path: "/automations/{automation_id}" },
  "automations.delete_routing_rule": { method: "DELETE", path: "/routing-rules/{rule_id}" },
  "automations.delete_step": { method: "DELETE", path: "/automations/{automation_id}/steps/{step_key}" },
  "automations.get_automation": { method: "GET", path: "/automations/{automation_id}" },
  "automations.get_automation_version": { method: "GET", path: "/automations/{automation_id}/versions/{number}" },
  "automations.get_reach": { method: "GET", path: "/automations/{automation_id}/reach" },
  "automations.get_signing_state": { method: "GET", path: "/signing-secret" },
  "automations.list_automation_runs": { method: "GET", path: "/automations/{automation_id}/runs", paged: true },
  "automations.list_automations": { method: "GET", path: "/automations", paged: true },
  "automations.list_routing_rules": { method: "GET", path: "/routing-rules" },
  "automations.move_step": { method: "POST", path: "/automations/{automation_id}/steps/{step_key}/move" },
  "automations.publish_automation": { method: "POST", path: "/automations/{automation_id}/publish" },
  "automations.renew_signing_secret": { method: "POST", path: "/signing-secret/renew" },
  "automations.restore_version": { method: "POST", path: "/automations/{automation_id}/versions/{number}/restore" },
  "automations.reveal_signing_secret": { method: "POST", path: "/signing-secret/reveal" },
  "automations.set_trigger": { method: "PUT", path: "/automations/{automation_id}/trigger" },
  "automations.start_automation": { method: "POST", path: "/automations/{automation_id}/run" },
  "automations.try_automation": { method: "GET", path: "/automations/{automation_id}/try" },
  "automations.turn_off": { method: "POST", path: "/automations/{automation_id}/pause" },
  "automations.turn_on": { method: "POST", path: "/automations/{automation_id}/on" },
  "automations.update_automation": { method: "PATCH", path: "/automations/{automation_id}", body: "changes" },
  "automations.update_routing_rule": { method: "PUT", path: "/routing-rules/{rule_id}" },
  "automations.update_step": { method: "PUT", path: "/automations/{automation_id}/steps" },
  "billing.choose_plan": { method: "POST", path: "/billing/checkout" },
  "billing.get_billing": { method: "GET", path: "/billing" },
  "billing.get_usage": { method: "GET", path: "/usage" },
  "billing.list_invoices": { method: "GET", path: "/billing/invoices", paged: true },
  "billing.list_plans": { method: "GET", path: "/billing/plans" },
  "bin.list_bin": { method: "GET", path: "/bin/{object}", paged: true },
  "bin.purge_record": { method: "DELETE", path: "/bin/{object}/{record_id}" },
  "companies.archive_company": { method: "DELETE", path: "/companies/{company_id}" },
  "companies.assign_company": { method: "POST", path: "/companies/{company_id}/assign" },
  "companies.batch_companies": { method: "POST", path: "/companies/batch" },
  "companies.create_company": { method: "POST", path: "/companies" },
  "companies.get_company": { method: "GET", path: "/companies/{company_id}" },
  "companies.list_companies": { method: "GET", path: "/companies", paged: true },
  "companies.restore_company": { method: "POST", path: "/companies/{company_id}/restore" },
  "companies.search_companies": { method: "POST", path: "/companies/search", paged: true },
  "companies.update_company": { method: "PATCH", path: "/companies/{company_id}", body: "changes", query: ["merge"] },
  "companies.upsert_company": { method: "PUT", path: "/companies", body: "values", query: ["match"] },
  "contacts.add_address": { method: "POST", path: "/contacts/{contact_id}/addresses" },
  "contacts.add_email": { method: "POST", path: "/contacts/{contact_id}/emails" },
  "contacts.add_phone": { method: "POST", path: "/contacts/{contact_id}/phones" },
  "contacts.add_relationship": { method: "POST", path: "/contacts/{contact_id}/relationships" },
  "contacts.archive_contact": { method: "DELETE", path: "/contacts/{contact_id}" },
  "contacts.assign_contact": { method: "POST", path: "/contacts/{contact_id}/assign" },
  "contacts.batch_contacts": { method: "POST", path: "/contacts/batch" },
  "contacts.claim_contact": { method: "POST", path: "/contacts/{contact_id}/claim" },
  "contacts.create_contact": { method: "POST", path: "/contacts" },
  "contacts.create_contact_stage": { method: "POST", path: "/contacts/stages" },
  "contacts.create_lead_source": { method: "POST", path: "/lead-sources" },
  "contacts.delete_address": { method: "DELETE", path: "/contacts/{contact_id}/addresses/{address_id}" },
  "contacts.delete_company_role": { method: "DELETE", path: "/contacts/{contact_id}/companies/{company_id}" },
  "contacts.delete_contact_stage": { method: "DELETE", path: "/contacts/stages/{contact_stage_id}", query: ["target_stage_id"] },
  "contacts.delete_email": { method: "DELETE", path: "/contacts/{contact_id}/emails/{email_id}" },
  "contacts.delete_lead_source": { method: "DELETE", path: "/lead-sources/{lead_source_id}" },
  "contacts.delete_phone": { method: "DELETE", path: "/contacts/{contact_id}/phones/{phone_id}" },
  "contacts.delete_relationship": { method: "DELETE", path: "/contacts/{contact_id}/relationships/{relationship_id}" },
  "contacts.get_contact": { method: "GET", path: "/contacts/{contact_id}" },
  "contacts.get_profile": { method: "GET", path: "/contacts/{contact_id}/profile" },
  "contacts.list_company_roles": { method: "GET", path: "/companies/{company_id}/roles" },
  "contacts.list_consents": { method: "GET", path: "/contacts/{contact_id}/consents", paged: true },
  "contacts.list_contact_stages": { method: "GET", path: "/contacts/stages" },
  "contacts.list_contacts": { method: "GET", path: "/contacts", paged: true },
  "contacts.list_lead_sources": { method: "GET", path: "/lead-sources" },
  "contacts.list_pool": { method: "GET", path: "/contacts/pool", paged: true },
  "contacts.lookup_contact": { method: "GET", path: "/contacts/lookup", paged: true },
  "contacts.order_contact_stages": { method: "PUT", path: "/contacts/stages/order" },
  "contacts.order_lead_sources": { method: "PUT", path: "/lead-sources/order" },
  "contacts.put_company_role": { method: "PUT", path: "/contacts/{contact_id}/companies/{company_id}" },
  "contacts.record_consent": { method: "POST", path: "/contacts/{contact_id}/consents" },
  "contacts.rename_contact_stage": { method: "PATCH", path: "/contacts/stages/{contact_stage_id}" },
  "contacts.rename_lead_source": { method: "PATCH", path: "/lead-sources/{lead_source_id}" },
  "contacts.restore_contact": { method: "POST", path: "/contacts/{contact_id}/restore" },
  "contacts.search_contacts": { method: "POST", path: "/contacts/search", paged: true },
  "contacts.tag_contact": { method: "PUT", path: "/contacts/{contact_id}/tags/{tag}" },
  "contacts.untag_contact": { method: "DELETE", path: "/contacts/{contact_id}/tags/{tag}" },
  "contacts.update_address": { method: "PATCH", path: "/contacts/{contact_id}/addresses/{address_id}", body: "changes" },
  "contacts.update_contact": { method: "PATCH", path: "/contacts/{contact_id}", body: "changes", query: ["merge"] },
  "contacts.update_email": { method: "PATCH", path: "/contacts/{contact_id}/emails/{email_id}", body: "changes" },
  "contacts.update_phone": { method: "PATCH", path: "/contacts/{contact_id}/phones/{phone_id}", body: "changes" },
  "contacts.upsert_contact": { method: "PUT", path: "/contacts", body: "values", query: ["match"] },
  "deals.archive_deal": { method: "DELETE", path: "/deals/{deal_id}" },
  "deals.assign_deal": { method: "POST", path: "/deals/{deal_id}/assign" },
  "deals.batch_deals": { method: "POST", path: "/deals/batch" },
  "deals.create_deal": { method: "POST", path: "/deals" },
  "deals.create_lost_reason": { method: "POST", path: "/lost-reasons" },
  "deals.create_pipeline": { method: "POST", path: "/pipelines" },
  "deals.create_stage": { method: "POST", path: "/pipelines/{pipeline_id}/stages" },
  "deals.delete_lost_reason": { method: "DELETE", path: "/lost-reasons/{lost_reason_id}" },
  "deals.delete_pipeline": { method: "DELETE", path: "/pipelines/{pipeline_id}", query: ["target_stage_id"] },
  "deals.delete_stage": { method: "DELETE", path: "/stages/{stage_id}", query: ["target_stage_id"] },
  "deals.get_board": { method: "GET", path: "/deals/board" },
  "deals.get_board_column": { method: "GET", path: "/deals/board/{stage_id}" },
  "deals.get_deal": { method: "GET", path: "/deals/{deal_id}" },
  "deals.list_deal_contacts": { method: "GET", path: "/deals/{deal_id}/contacts" },
  "deals.list_deal_members": { method: "GET", path: "/deals/{deal_id}/members" },
  "deals.list_deals": { method: "GET", path: "/deals", paged: true },
  "deals.list_lost_reasons": { method: "GET", path: "/lost-reasons" },
  "deals.list_pipelines": { method: "GET", path: "/pipelines" },
  "deals.list_stage_changes": { method: "GET", path: "/deals/{deal_id}/stage-changes", paged: true },
  "deals.lose_deal": { method: "POST", path: "/deals/{deal_id}/lose" },
  "deals.move_deal": { method: "POST", path: "/deals/{deal_id}/move" },
  "deals.order_stages": { method: "PUT", path: "/pipelines/{pipeline_id}/stages/order" },
  "deals.remove_deal_contact": { method: "DELETE", path: "/deals/{deal_id}/contacts/{contact_id}" },
  "deals.remove_deal_member": { method: "DELETE", path: "/deals/{deal_id}/members/{member_id}" },
  "deals.rename_lost_reason": { method: "PATCH", path: "/lost-reasons/{lost_reason_id}" },
  "deals.reopen_deal": { method: "POST", path: "/deals/{deal_id}/reopen" },
  "deals.restore_deal": { method: "POST", path: "/deals/{deal_id}/restore" },
  "deals.search_deals": { method: "POST", path: "/deals/search", paged: true },
  "deals.set_deal_contact": { method: "PUT", path: "/deals/{deal_id}/contacts/{contact_id}" },
  "deals.set_deal_member": { method: "PUT", path: "/deals/{deal_id}/members/{member_id}" },
  "deals.update_deal": { method: "PATCH", path: "/deals/{deal_id}", body: "changes", query: ["merge"] },
  "deals.update_pipeline": { method: "PATCH", path: "/pipelines/{pipeline_id}", body: "changes" },
  "deals.update_stage": { method: "PATCH", path: "/stages/{stage_id}", body: "changes" },
  "deals.win_deal": { method: "POST", path: "/deals/{deal_id}/win" },
  "feed.list_changes": { method: "GET", path: "/changes" },
  "fields.create_custom_field": { method: "POST", path: "/custom-fields" },
  "fields.delete_custom_field": { method: "DELETE", path: "/custom-fields/{custom_field_id}" },
  "fields.list_custom_fields": { method: "GET", path: "/custom-fields" },
  "fields.order_custom_fields": { method: "PUT", path: "/custom-fields/order" },
  "fields.update_custom_field": { method: "PATCH", path: "/custom-fields/{custom_field_id}", body: "changes" },
  "files.archive_attachment": { method: "DELETE", path: "/files/{file_id}" },
  "files.create_attachment": { method: "POST", path: "/files", query: ["filename", "contact_id", "deal_id", "company_id", "activity_id"] },
  "files.get_attachment": { method: "GET", path: "/files/{file_id}" },
  "files.list_attachments": { method: "GET", path: "/files", paged: true },
  "files.open_attachment": { method: "GET", path: "/files/{file_id}/content" },
  "files.restore_attachment": { method: "POST", path: "/files/{file_id}/restore" },
  "forms.create_form": { method: "POST", path: "/forms" },
  "forms.delete_form": { method: "DELETE", path: "/forms/{form_id}" },
  "forms.get_form": { method: "GET", path: "/forms/{form_id}" },
  "forms.list_forms": { method: "GET", path: "/forms", paged: true },
  "forms.list_submissions": { method: "GET", path: "/forms/{form_id}/submissions", paged: true },
  "forms.update_form": { method: "PATCH", path: "/forms/{form_id}", body: "changes" },
  "intake.receive_event": { method: "POST", path: "/events" },
  "mail.check_mailbox": { method: "POST", path: "/mailboxes/{mailbox_id}/check" },
  "mail.create_mailbox": { method: "POST", path: "/mailboxes" },
  "mail.create_suppression": { method: "POST", path: "/suppressions" },
  "mail.create_template": { method: "POST", path: "/mail-templates" },
  "mail.delete_mailbox": { method: "DELETE", path: "/mailboxes/{mailbox_id}" },
  "mail.delete_suppression": { method: "DELETE", path: "/suppressions/{suppression_id}" },
  "mail.delete_template": { method: "DELETE", path: "/mail-templates/{template_id}" },
  "mail.get_message": { method: "GET", path: "/messages/{message_id}" },
  "mail.get_template": { method: "GET", path: "/mail-templates/{template_id}" },
  "mail.get_thread": { method: "GET", path: "/mail-threads/{thread_id}" },
  "mail.list_mailboxes": { method: "GET", path: "/mailboxes" },
  "mail.list_merge_fields": { method: "GET", path: "/merge-fields" },
  "mail.list_messages": { method: "GET", path: "/contacts/{contact_id}/messages", paged: true },
  "mail.list_suppressions": { method: "GET", path: "/suppressions", paged: true },
  "mail.list_templates": { method: "GET", path: "/mail-templates" },
  "mail.list_thread_messages": { method: "GET", path: "/mail-threads/{thread_id}/messages", paged: true },
  "mail.list_threads": { method: "GET", path: "/mail-threads", paged: true },
  "mail.mark_thread_read": { method: "POST", path: "/mail-threads/{thread_id}/read" },
  "mail.preview_mail": { method: "POST", path: "/contacts/{contact_id}/messages/preview" },
  "mail.send_message": { method: "POST", path: "/contacts/{contact_id}/messages" },
  "mail.update_mailbox": { method: "PATCH", path: "/mailboxes/{mailbox_id}", body: "changes" },
  "mail.update_template": { method: "PATCH", path: "/mail-templates/{template_id}", body: "changes" },
  "notifications.count_unread": { method: "GET", path: "/notifications/unread" },
  "notifications.list_notifications": { method: "GET", path: "/notifications", paged: true },
  "notifications.list_preferences": { method: "GET", path: "/notifications/preferences" },
  "notifications.mark_read": { method: "POST", path: "/notifications/read" },
  "notifications.set_preference": { method: "PATCH", path: "/notifications/preferences" },
  "onboarding.finish_first_steps": { method: "POST", path: "/me/first-steps/finish" },
  "onboarding.get_first_steps": { method: "GET", path: "/me/first-steps" },
  "privacy.erase_contact": { method: "POST", path: "/contacts/{contact_id}/erase" },
  "privacy.export_contact": { method: "POST", path: "/contacts/{contact_id}/export" },
  "reports.create_goal": { method: "POST", path: "/goals" },
  "reports.delete_goal": { method: "DELETE", path: "/goals/{goal_id}" },
  "reports.get_activity": { method: "GET", path: "/reports/activity" },
  "reports.get_forecast": { method: "GET", path: "/reports/forecast" },
  "reports.get_funnel": { method: "GET", path: "/reports/funnel" },
  "reports.get_leaderboard": { method: "GET", path: "/reports/leaderboard" },
  "reports.get_pipeline": { method: "GET", path: "/reports/pipeline" },
  "reports.get_sources": { method: "GET", path: "/reports/sources" },
  "reports.get_summary": { method: "GET", path: "/reports/summary" },
  "reports.get_velocity": { method: "GET", path: "/reports/velocity" },
  "reports.get_won_lost": { method: "GET", path: "/reports/won-lost" },
  "reports.list_goals": { method: "GET", path: "/goals" },
  "reports.update_goal": { method: "PATCH", path: "/goals/{goal_id}" },
  "roles.add_team_member": { method: "POST", path: "/teams/{team_id}/members" },
  "roles.change_member_role": { method: "PATCH", path: "/members/{member_id}" },
  "roles.create_role": { method: "POST", path: "/roles" },
  "roles.create_team": { method: "POST", path: "/teams" },
  "roles.deactivate_member": { method: "POST", path: "/members/{member_id}/deactivate" },
  "roles.delete_role": { method: "DELETE", path: "/roles/{role_id}" },
  "roles.delete_team": { method: "DELETE", path: "/teams/{team_id}" },
  "roles.get_member": { method: "GET", path: "/members/{member_id}" },
  "roles.get_role": { method: "GET", path: "/roles/{role_id}" },
  "roles.invite_member": { method: "POST", path: "/invitations" },
  "roles.list_invitations": { method: "GET", path: "/invitations", paged: true },
  "roles.list_members": { method: "GET", path: "/members", paged: true },
  "roles.list_roles": { method: "GET", path: "/roles" },
  "roles.list_teams": { method: "GET", path: "/teams" },
  "roles.move_team_member": { method: "POST", path: "/members/{member_id}/move" },
  "roles.reactivate_member": { method: "POST", path: "/members/{member_id}/reactivate" },
  "roles.remove_team_member": { method: "DELETE", path: "/teams/{team_id}/members/{member_id}" },
  "roles.rename_team": { method: "PATCH", path: "/teams/{team_id}" },
  "roles.reset_role": { method: "POST", path: "/roles/{role_id}/reset" },
  "roles.revoke_invitation": { method: "DELETE", path: "/invitations/{invitation_id}" },
  "roles.set_field_permission": { method: "PUT", path: "/roles/{role_id}/fields/{object}/{field}" },
  "roles.set_role_permission": { method: "PUT", path: "/roles/{role_id}/permissions/{permission}" },
  "roles.set_team_leader": { method: "PATCH", path: "/teams/{team_id}/members/{member_id}" },
  "roles.update_role": { method: "PATCH", path: "/roles/{role_id}", body: "changes" },
  "runs.cancel_run": { method: "POST", path: "/runs/{run_id}/cancel" },
  "runs.fork_run": { method: "POST", path: "/runs/{run_id}/fork" },
  "runs.get_run": { method: "GET", path: "/runs/{run_id}" },
  "runs.list_runs": { method: "GET", path: "/runs", paged: true },
  "runs.pause_run": { method: "POST", path: "/runs/{run_id}/pause" },
  "runs.resume_run": { method: "POST", path: "/runs/{run_id}/resume" },
  "runs.retry_run": { method: "POST", path: "/runs/{run_id}/retry" },
  "search.search_records": { method: "GET", path: "/search" },
  "segments.create_tag": { method: "POST", path: "/tags" },
  "segments.create_view": { method: "POST", path: "/views" },
  "segments.delete_tag": { method: "DELETE", path: "/tags/{tag_id}" },
  "segments.delete_view": { method: "DELETE", path: "/views/{view_id}" },
  "segments.get_view": { method: "GET", path: "/views/{view_id}" },
  "segments.list_tags": { method: "GET", path: "/tags" },
  "segments.list_view_results": { method: "GET", path: "/views/{view_id}/results", paged: true },
  "segments.list_views": { method: "GET", path: "/views" },
  "segments.merge_tags": { method: "POST", path: "/tags/{tag_id}/merge" },
  "segments.set_default_view": { method: "PUT", path: "/views/default" },
  "segments.update_tag": { method: "PATCH", path: "/tags/{tag_id}", body: "changes" },
  "segments.update_view": { method: "PATCH", path: "/views/{view_id}", body: "changes" },
  "sequences.add_step": { method: "POST", path: "/sequences/{sequence_id}/steps" },
  "sequences.archive_sequence": { method: "POST", path: "/sequences/{sequence_id}/archive" },
  "sequences.create_sequence": { method: "POST", path: "/sequences" },
  "sequences.delete_sequence": { method: "DELETE", path: "/sequences/{sequence_id}" },
  "sequences.delete_step": { method: "DELETE", path: "/sequences/{sequence_id}/steps/{step_id}" },
  "sequences.enroll_contact": { method: "POST", path: "/contacts/{contact_id}/enrollments" },
  "sequences.enroll_contacts": { method: "POST", path: "/sequences/{sequence_id}/enrollments" },
  "sequences.get_enrollment": { method: "GET", path: "/enrollments/{enrollment_id}" },
  "sequences.get_sequence": { method: "GET", path: "/sequences/{sequence_id}" },
  "sequences.list_enrollments": { method: "GET", path: "/sequences/{sequence_id}/enrollments", paged: true },
  "sequences.list_enrollments_of_contact": { method: "GET", path: "/contacts/{contact_id}/enrollments" },
  "sequences.list_intakes": { method: "GET", path: "/sequences/{sequence_id}/intakes", paged: true },
  "sequences.list_sequences": { method: "GET", path: "/sequences", paged: true },
  "sequences.list_steps": { method: "GET", path: "/sequences/{sequence_id}/steps" },
  "sequences.move_step": { method: "POST", path: "/sequences/{sequence_id}/steps/{step_id}/move" },
  "sequences.pause_enrollment": { method: "POST", path: "/enrollments/{enrollment_id}/pause" },
  "sequences.pause_sequence": { method: "POST", path: "/sequences/{sequence_id}/pause" },
  "sequences.publish_sequence": { method: "POST", path: "/sequences/{sequence_id}/publish" },
  "sequences.resume_enrollment": { method: "POST", path: "/enrollments/{enrollment_id}/resume" },
  "sequences.skip_step": { method: "POST", path: "/enrollments/{enrollment_id}/skip" },
  "sequences.stop_enrollment": { method: "DELETE", path: "/enrollments/{enrollment_id}" },
  "sequences.unenroll_contact": { method: "DELETE", path: "/contacts/{contact_id}/enrollments" },
  "sequences.update_sequence": { method: "PATCH", path: "/sequences/{sequence_id}", body: "changes" },
  "sequences.update_step": { method: "PUT", path: "/sequences/{sequence_id}/steps/{step_id}" },
  "tasks.archive_task": { method: "DELETE", path: "/tasks/{task_id}" },
  "tasks.assign_task": { method: "POST", path: "/tasks/{task_id}/assign" },
  "tasks.batch_tasks": { method: "POST", path: "/tasks/batch" },
  "tasks.complete_task": { method: "POST", path: "/tasks/{task_id}/complete" },
  "tasks.create_task": { method: "POST", path: "/tasks" },
  "tasks.get_task": { method: "GET", path: "/tasks/{task_id}" },
  "tasks.list_tasks": { method: "GET", path: "/tasks", paged: true },
  "tasks.reopen_task": { method: "POST", path: "/tasks/{task_id}/reopen" },
  "tasks.restore_task": { method: "POST", path: "/tasks/{task_id}/restore" },
  "tasks.search_tasks": { method: "POST", path: "/tasks/search", paged: true },
  "tasks.snooze_task": { method: "POST", path: "/tasks/{task_id}/snooze" },
  "tasks.update_task": { method: "PATCH", path: "/tasks/{task_id}", body: "changes", query: ["merge"] },
} as const;

export type RoutedFunction = keyof typeof ROUTES;
