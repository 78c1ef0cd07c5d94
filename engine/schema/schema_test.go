package schema_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/describe"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/inspection"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/engine/schema"
	"github.com/pinjian/pinjian/engine/schema/schematest"
	"github.com/pinjian/pinjian/sampling"
)

// TestEverySchemaStandsAlone: each one resolves without asking for another file, says which draft it is, and is the same
// bytes again.
func TestEverySchemaStandsAlone(t *testing.T) {
	t.Parallel()
	names := schema.Names()
	assert.True(t, slices.IsSorted(names))
	for _, name := range names {
		data, err := schema.Get(name)
		require.NoError(t, err)
		again, err := schema.Get(name)
		require.NoError(t, err)
		assert.Equal(t, data, again)
		var s jsonschema.Schema
		require.NoError(t, json.Unmarshal(data, &s), name)
		assert.Equal(t, "https://json-schema.org/draft/2020-12/schema", s.Schema, name)
		assert.NotEmpty(t, s.Title, name)
		_, err = s.Resolve(nil)
		assert.NoError(t, err, name)
	}
	for _, name := range []string{
		engine.PlanSchema, engine.ResultSchema, engine.SummarySchema, engine.SheetSchema, engine.VerificationSchema, engine.BundleSchema, engine.ScoreSchema, run.Schema,
		engine.ResultDiffSchema, engine.FindingEventSchema, inspection.Schema, run.JudgeSchema, run.RejudgeSchema, run.DiffSchema, run.FindingsSchema,
		"pinjian/submission/1", "pinjian/draw/1", "pinjian/diagnostics/1", "pinjian/list/1", "pinjian/run-output/1", "pinjian/tests/1",
		report.NoticeSchema, report.CorrectiveActionSchema,
	} {
		assert.Contains(t, names, name)
	}
}

func TestUnknownSchema(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "plan", "pinjian/plan/2", "pinjian/common/1", "pinjian/../1", "other/plan/1"} {
		_, err := schema.Get(name)
		require.Error(t, err, name)
		assert.Contains(t, err.Error(), "pinjian/plan/1", "the error lists what there is")
	}
}

// step is a Go type and the place of its schema: a document, then a path of member names.
type step struct {
	value  any
	in     string
	at     string
	loose  bool   // read, not written: what is required may be less than what Go always writes
	extras string // members that a marshaller adds, space-separated
}

// TestSchemasAreInStepWithTypes compares the members of every struct that is written as JSON with those that its schema
// lists, and the ones that are always written with the ones that are required. A field added to a type and not to its
// schema fails here by its name.
func TestSchemasAreInStepWithTypes(t *testing.T) {
	t.Parallel()
	for _, s := range []step{
		{value: engine.Plan{}, in: "plan"},
		{value: engine.Task{}, in: "plan", at: "$defs task"},
		{value: engine.Draw{}, in: "plan", at: "$defs draw"},
		{value: engine.Problem{}, in: "plan", at: "$defs problem"},
		{value: engine.Approval{}, in: "plan", at: "$defs approval"},
		{value: engine.Ref{}, in: "common", at: "$defs ref"},
		{value: engine.Period{}, in: "common", at: "$defs period"},
		{value: engine.Words{}, in: "common", at: "$defs words"},
		{value: engine.InputError{}, in: "common", at: "$defs problem"},
		{value: engine.Subject{}, in: "common", at: "$defs subject", extras: "zone"},
		{value: engine.Result{}, in: "result"},
		{value: engine.Verdict{}, in: "result", at: "$defs verdict"},
		{value: engine.Reason{}, in: "result", at: "$defs reason"},
		{value: engine.Fact{}, in: "result", at: "$defs fact"},
		{value: engine.Missing{}, in: "result", at: "$defs missing"},
		{value: engine.Measure{}, in: "result", at: "$defs measure"},
		{value: engine.Points{}, in: "result", at: "$defs points"},
		{value: engine.Proof{}, in: "result", at: "$defs sample"},
		{value: engine.Setting{}, in: "result", at: "$defs setting"},
		{value: engine.Score{}, in: "score"},
		{value: engine.ScoreStep{}, in: "score", at: "$defs step"},
		{value: describe.Deduction{}, in: "list", at: "$defs part properties deductions items"},
		{value: engine.SummaryRow{}, in: "summary", at: "$defs row"},
		{value: engine.SummaryPart{}, in: "summary", at: "$defs part"},
		{value: engine.Points{}, in: "summary", at: "$defs points"},
		{value: report.MonthlyDocument{}, in: "monthly-report"},
		{value: report.Figure{}, in: "monthly-report", at: "$defs figure"},
		{value: report.FigureRow{}, in: "monthly-report", at: "$defs row"},
		{value: report.FigureMeasure{}, in: "monthly-report", at: "$defs measure"},
		{value: report.FigureComparison{}, in: "monthly-report", at: "$defs comparison"},
		{value: report.FigureLeftover{}, in: "monthly-report", at: "$defs leftover"},
		{value: report.ReportedFinding{}, in: "monthly-report", at: "$defs finding"},
		{value: report.Proposal{}, in: "monthly-report", at: "$defs proposal"},
		{value: report.AppraisalDocument{}, in: "appraisal-list"},
		{value: report.AppraisalList{}, in: "appraisal-list", at: "$defs list"},
		{value: report.AppraisalParty{}, in: "appraisal-list", at: "$defs entry"},
		{value: report.ReportedFinding{}, in: "appraisal-list", at: "$defs finding"},
		{value: run.FigureTrace{}, in: "figure-trace"},
		{value: run.FigureSource{}, in: "figure-trace", at: "$defs source"},
		{value: engine.Sheet{}, in: "sheet"},
		{value: engine.SheetItem{}, in: "sheet", at: "$defs item"},
		{value: engine.SheetUnit{}, in: "sheet", at: "$defs unit"},
		{value: engine.Question{}, in: "sheet", at: "$defs question"},
		{value: engine.SheetStep{}, in: "sheet", at: "$defs item properties methods items"},
		{value: engine.SheetJudge{}, in: "sheet", at: "$defs item properties criteria items"},
		{value: engine.Submission{}, in: "submission", loose: true},
		{value: engine.Verification{}, in: "verification"},
		{value: engine.Difference{}, in: "verification", at: "properties differences items"},
		{value: engine.TestResult{}, in: "tests", at: "$defs result"},
		{value: engine.Coverage{}, in: "tests", at: "$defs coverage"},
		{value: engine.OpenLimit{}, in: "tests", at: "$defs limit"},
		{value: engine.ResultDiff{}, in: "result-diff"},
		{value: engine.VerdictChange{}, in: "result-diff", at: "$defs change"},
		{value: engine.PartChange{}, in: "result-diff", at: "$defs part"},
		{value: run.Diff{}, in: "result-diffs"},
		{value: run.FindingList{}, in: "findings"},
		{value: run.FindingStatus{}, in: "findings", at: "properties findings items"},
		{value: engine.Finding{}, in: "finding"},
		{value: engine.Party{}, in: "finding", at: "$defs party"},
		{value: engine.Attachment{}, in: "finding", at: "$defs attachment"},
		{value: engine.FindingEvent{}, in: "finding-event"},
		{value: engine.Command{}, in: "finding-command", loose: true},
		{value: inspection.Inspection{}, in: "inspection"},
		{value: inspection.Event{}, in: "inspection-event"},
		{value: inspection.Command{}, in: "inspection-command", loose: true},
		{value: run.Configuration{}, in: "run", loose: true},
		{value: run.FrameFile{}, in: "run", at: "$defs frame", loose: true},
		{value: run.Documents{}, in: "run", at: "$defs documents", loose: true},
		{value: run.FindingStep{}, in: "finding-step", loose: true},
		{value: engine.Command{}, in: "finding-step", at: "properties command", loose: true},
		{value: engine.Person{}, in: "run", at: "$defs person", loose: true},
		{value: engine.Interest{}, in: "run", at: "$defs interest", loose: true},
		{value: sampling.Record{}, in: "draw"},
		{value: sampling.Chosen{}, in: "draw", at: "$defs chosen"},
		{value: sampling.Stratum{}, in: "draw", at: "$defs stratum"},
		{value: sampling.Planned{}, in: "draw", at: "$defs planned"},
		{value: sampling.Party{}, in: "draw", at: "$defs party"},
		{value: sampling.Change{}, in: "draw", at: "$defs change"},
		{value: sampling.Shard{}, in: "draw", at: "$defs shard"},
		{value: sampling.Edition{}, in: "draw", at: "$defs edition"},
		{value: sampling.Rotation{}, in: "draw", at: "$defs rotation"},
		{value: sampling.Table{}, in: "draw", at: "$defs table"},
		{value: report.NoticeDocument{}, in: "notice"},
		{value: report.NoticeItem{}, in: "notice", at: "$defs item"},
		{value: report.NoticeCount{}, in: "notice", at: "$defs count"},
		{value: report.NoticeReason{}, in: "notice", at: "$defs reason"},
		{value: report.NoticeGap{}, in: "notice", at: "$defs gap"},
		{value: report.NoticeRecord{}, in: "notice", at: "$defs record"},
		{value: report.NoticeDuty{}, in: "notice", at: "$defs duty"},
		{value: engine.Answer{}, in: "notice", at: "$defs answer"},
		{value: engine.Attachment{}, in: "notice", at: "$defs attachment"},
		{value: engine.Party{}, in: "notice", at: "$defs party"},
		{value: report.CorrectiveActionDocument{}, in: "corrective-action"},
		{value: report.CorrectiveRound{}, in: "corrective-action", at: "$defs round"},
		{value: describe.Standard{}, in: "list", at: "$defs standard"},
		{value: describe.Choice{}, in: "list", at: "$defs choice"},
		{value: describe.Record{}, in: "list", at: "$defs record"},
		{value: describe.Table{}, in: "list", at: "$defs table"},
		{value: describe.Define{}, in: "list", at: "$defs define"},
		{value: describe.Section{}, in: "list", at: "$defs section"},
		{value: describe.Item{}, in: "list", at: "$defs item"},
		{value: describe.Part{}, in: "list", at: "$defs part"},
		{value: describe.Sample{}, in: "list", at: "$defs sample"},
		{value: describe.Criterion{}, in: "list", at: "$defs criterion"},
		{value: describe.Field{}, in: "list", at: "$defs field"},
		{value: describe.Tally{}, in: "list", at: "$defs tally"},
		{value: describe.Tier{}, in: "list", at: "$defs tier"},
		{value: describe.Response{}, in: "list", at: "$defs response"},
		{value: describe.Scoring{}, in: "list", at: "$defs scoring"},
	} {
		members, always := membersOf(reflect.TypeOf(s.value))
		members = append(members, strings.Fields(s.extras)...)
		slices.Sort(members)
		at := find(t, s.in, s.at)
		properties, _ := at["properties"].(map[string]any)
		assert.Equal(t, slices.Compact(members), sorted(properties), "%T in %s", s.value, s.in)
		var required []string
		for _, r := range at["required"].([]any) {
			required = append(required, r.(string))
		}
		slices.Sort(required)
		if s.loose {
			assert.Subset(t, members, required, "%T in %s", s.value, s.in)
			continue
		}
		slices.Sort(always)
		assert.Equal(t, always, required, "required of %T in %s", s.value, s.in)
	}
}

// find walks into the raw schema of a document.
func find(t *testing.T, document, path string) map[string]any {
	t.Helper()
	name := document
	if document == "common" {
		name = "plan" // it is bundled there
	}
	data, err := schema.Get("pinjian/" + name + "/1")
	require.NoError(t, err)
	var at map[string]any
	require.NoError(t, json.Unmarshal(data, &at))
	keys := strings.Fields(path)
	if document == "common" {
		keys = append([]string{"$defs", "urn:pinjian:common:1"}, keys...)
	}
	for _, key := range keys {
		next, ok := at[key].(map[string]any)
		require.True(t, ok, "%s %s has no %s", document, path, key)
		at = next
	}
	return at
}

// membersOf lists the JSON members of a struct and those that are always written.
func membersOf(t reflect.Type) (members, always []string) {
	for _, f := range reflect.VisibleFields(t) {
		tag, ok := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		if !ok || name == "-" || !f.IsExported() {
			continue
		}
		members = append(members, name)
		if !strings.Contains(options, "omit") {
			always = append(always, name)
		}
	}
	return members, always
}

func sorted(m map[string]any) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TestSubmissions: what a hand-written line may and may not say.
func TestSubmissions(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		`{"id":"S1","task":"T","part":"4.1","unit":"A","answers":{"x":1,"y":null,"z":["a"]}}`,
		`{"id":"S1","task":"T","closes":true}`,
		`{"schema":"pinjian/submission/1","id":"S2","task":"T","part":"4.1","answers":{},"replaces":"S1","reason":"misread","of_a_later_release":1}`,
	} {
		assert.NoError(t, schematest.Check("pinjian/submission/1", []byte(good)), good)
	}
	for _, bad := range []string{
		`{"task":"T"}`, `{"id":"","task":"T"}`, `{"id":1,"task":"T"}`, `{"id":"S","task":"T","answers":[]}`, `{"id":"S","task":"T","answers":{"x":1}}`,
		`{"id":"S","task":"T","replaces":"R"}`, `{"id":"S","task":"T","replaces":"R","reason":""}`, `{"id":"S","task":"T","done_at":"2026-11-23 10:00"}`,
		`{"id":"S","task":"T","attachments":[{"sha256":"abc","media_type":"image/png","name":"x"}]}`, `{"schema":"pinjian/submission/2","id":"S","task":"T"}`, `[]`,
	} {
		assert.Error(t, schematest.Check("pinjian/submission/1", []byte(bad)), bad)
	}
}

// TestCheckRefuses: the helper itself is able to fail.
func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{``, `{`, `{}`, `{} {}`, `{"schema":"pinjian/none/1"}`, `{"schema":"pinjian/plan/1"}`} {
		assert.Error(t, schematest.Check("", []byte(bad)), bad)
	}
	assert.Error(t, schematest.CheckList("pinjian/plan/1", []byte(`[{}]`)))
	assert.Error(t, schematest.CheckList("pinjian/plan/1", []byte(`{}`)))
	assert.NoError(t, schematest.CheckList("pinjian/plan/1", []byte(`[]`)))
}
