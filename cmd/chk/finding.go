package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/internal/atomicfile"
)

// findingCommand follows the findings of a run from their opening to their
// closing. Each step of a finding is a verb of its own, with the same flags.
type findingCommand struct {
	Open        findingOpenCommand `cmd:"" help:"${finding_open_help}"`
	List        findingListCommand `cmd:"" help:"${finding_list_help}"`
	Show        findingShowCommand `cmd:"" help:"${finding_show_help}"`
	Answer      findingStepCommand `cmd:"" help:"${finding_answer_help}"`
	Verify      findingStepCommand `cmd:"" help:"${finding_verify_help}"`
	Close       findingStepCommand `cmd:"" help:"${finding_close_help}"`
	Reopen      findingStepCommand `cmd:"" help:"${finding_reopen_help}"`
	Withdraw    findingStepCommand `cmd:"" help:"${finding_withdraw_help}"`
	Appeal      findingStepCommand `cmd:"" help:"${finding_appeal_help}"`
	Rule        findingStepCommand `cmd:"" help:"${finding_rule_help}"`
	Propose     findingStepCommand `cmd:"" help:"${finding_propose_help}"`
	Conclude    findingStepCommand `cmd:"" help:"${finding_conclude_help}"`
	Feedback    findingStepCommand `cmd:"" help:"${finding_feedback_help}"`
	Acknowledge findingStepCommand `cmd:"" help:"${finding_acknowledge_help}"`
	Escalate    findingStepCommand `cmd:"" help:"${finding_escalate_help}"`
	Attribute   findingStepCommand `cmd:"" help:"${finding_attribute_help}"`
}

// findingFlags are what every verb on findings takes.
type findingFlags struct {
	Folder string `arg:"" name:"folder" help:"${folder_help}"`
	Log    string `help:"${finding_log_help}" placeholder:"FILE"`
}

// path is the file of the log.
func (c *findingFlags) path() string {
	if c.Log != "" {
		return c.Log
	}
	return filepath.Join(c.Folder, "findings.jsonl")
}

// open reads the folder's standard and the log, which may not be there yet.
func (c *findingFlags) open(in *invocation) (*run.Folder, *run.FindingLog, error) {
	absolute, err := filepath.Abs(c.Folder)
	if err != nil {
		return nil, nil, unreadable(c.Folder, err)
	}
	if _, err := os.Stat(filepath.Join(absolute, "run.json")); err != nil {
		return nil, nil, unreadable(filepath.Join(c.Folder, "run.json"), err)
	}
	f, err := run.OpenStandard(in.ctx, os.DirFS(filepath.Dir(absolute)), filepath.Base(absolute), engine.Options{})
	if err != nil {
		return nil, nil, in.explained(err)
	}
	log, err := c.read(in)
	return f, log, err
}

func (c *findingFlags) read(in *invocation) (*run.FindingLog, error) {
	file, err := os.Open(c.path())
	switch {
	case errors.Is(err, os.ErrNotExist):
		log, err := run.ReadFindingLog(c.path(), strings.NewReader(""))
		return log, in.explained(err)
	case err != nil:
		return nil, unreadable(c.path(), err)
	}
	defer func() { _ = file.Close() }()
	log, err := run.ReadFindingLog(c.path(), file)
	return log, in.explained(err)
}

// record adds events to the log and shows them.
func (c *findingFlags) record(in *invocation, f *run.Folder, log *run.FindingLog, events []engine.FindingEvent) error {
	if len(events) > 0 {
		data, err := run.Lines(events)
		if err != nil {
			return err
		}
		switch err := atomicfile.Append(c.path(), log.Size, data); {
		case errors.Is(err, atomicfile.ErrLocked):
			return refuse("另一个程序正在写 %s；等一等再来。要是没有别的程序，删去 %s.lock", "another program is writing %s; try again in a moment, and if there is no other program, remove %[1]s.lock", c.path(), c.path())
		case errors.Is(err, atomicfile.ErrChanged):
			return refuse("%s 在读过以后有人写过；请重新看过再决定", "%s was written by somebody else since it was read; look again and decide then", c.path())
		case err != nil:
			return unwritable(c.path(), err)
		}
	}
	if in.format == "json" {
		return in.json(events)
	}
	return f.WriteEvents(in.stdout, in.lang, log, events)
}

type findingOpenCommand struct {
	folderFlags
	Log     string    `help:"${finding_log_help}" placeholder:"FILE"`
	Plan    string    `help:"${judge_plan_help}" placeholder:"FILE"`
	Results string    `help:"${finding_results_help}" placeholder:"PATH"`
	By      string    `required:"" help:"${finding_by_help}" placeholder:"WHO"`
	At      time.Time `help:"${finding_open_at_help}" placeholder:"TIME"`
}

// Run takes the findings of the folder's results, or of stored ones, into the
// log.
func (c *findingOpenCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	flags := findingFlags{Folder: c.Folder, Log: c.Log}
	f, results, err := c.results(in)
	if err != nil {
		return err
	}
	log, err := flags.read(in)
	if err != nil {
		return err
	}
	if c.At.IsZero() {
		c.At = f.Configuration.Now
	}
	events, err := f.OpenFindings(in.ctx, log, results, c.By, c.At)
	if err != nil {
		return in.explained(err)
	}
	return flags.record(in, f, log, events)
}

func (c *findingOpenCommand) results(in *invocation) (*run.Folder, []*engine.Result, error) {
	if c.Results != "" {
		f, _, err := (&findingFlags{Folder: c.Folder, Log: c.Log}).open(in)
		if err != nil {
			return nil, nil, err
		}
		results, err := in.storedResults(c.Results)
		return f, results, err
	}
	f, err := c.open(in)
	if err != nil {
		return nil, nil, err
	}
	p, err := in.planFile(f, c.Plan)
	if err != nil {
		return nil, nil, err
	}
	results, err := f.Judge(in.ctx, p)
	return f, results, in.explained(err)
}

type findingListCommand struct {
	findingFlags
	Now     time.Time `help:"${finding_now_help}" placeholder:"TIME"`
	State   []string  `help:"${finding_state_help}" enum:"open,answered,verified,closed,reopened,withdrawn" placeholder:"STATE"`
	Overdue bool      `help:"${finding_overdue_help}"`
}

// Run lists findings, those that are due first at the top.
func (c *findingListCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	f, log, err := c.open(in)
	if err != nil {
		return err
	}
	if c.Now.IsZero() {
		c.Now = f.Configuration.Now
	}
	list := log.List(c.Now, run.FindingFilter{States: c.State, Overdue: c.Overdue})
	if in.format == "json" {
		return in.json(list)
	}
	return f.WriteFindings(in.stdout, in.lang, list)
}

type findingShowCommand struct {
	findingFlags
	ID  string    `arg:"" name:"id" help:"${finding_id_help}"`
	Now time.Time `help:"${finding_now_help}" placeholder:"TIME"`
	By  string    `help:"${finding_allowed_help}" placeholder:"WHO"`
}

// Run shows one finding with everything that happened to it.
func (c *findingShowCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	f, log, err := c.open(in)
	if err != nil {
		return err
	}
	x, err := log.Find(c.ID)
	if err != nil {
		return in.explained(err)
	}
	if c.Now.IsZero() {
		c.Now = f.Configuration.Now
	}
	status := run.Status(x, c.Now)
	status.Allowed = f.Standard.Allowed(x, c.By)
	if in.format == "json" {
		return in.json(run.FindingList{Schema: run.FindingsSchema, Now: c.Now.UTC(), Findings: []run.FindingStatus{status}})
	}
	return f.WriteFinding(in.stdout, in.lang, status)
}

type findingStepCommand struct {
	findingFlags
	ID        string    `arg:"" name:"id" help:"${finding_id_help}"`
	By        string    `required:"" help:"${finding_by_help}" placeholder:"WHO"`
	At        time.Time `required:"" help:"${finding_at_help}" placeholder:"TIME"`
	Seen      int       `help:"${finding_seen_help}" placeholder:"N"`
	Set       []string  `short:"s" sep:"none" help:"${finding_set_help}" placeholder:"FIELD=TEXT"`
	Attach    []string  `sep:"none" help:"${finding_attach_help}" placeholder:"FILE"`
	Party     []string  `sep:"none" help:"${finding_party_help}" placeholder:"KIND:ID"`
	CommandID string    `name:"command" help:"${finding_command_help}" placeholder:"ID"`
}

// Run asks for the step whose name the verb has, and records it when the
// standard and the finding allow it.
func (c *findingStepCommand) Run(in *invocation, selected *kong.Context) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	f, log, err := c.open(in)
	if err != nil {
		return err
	}
	x, err := log.Find(c.ID)
	if err != nil {
		return in.explained(err)
	}
	command, err := c.command(selected.Selected().Name, x)
	if err != nil {
		return err
	}
	e, err := f.Standard.Step(x, command)
	if err != nil {
		return in.explained(err)
	}
	if e.Seq <= x.Version { // the very same command has been recorded
		if in.format == "json" {
			return in.json([]engine.FindingEvent{e})
		}
		in.printf("这一步已经记下，是第 %d 个事件", "this step is recorded already, as event %d", e.Seq)
		return nil
	}
	if err := log.Take(e); err != nil {
		return in.explained(err)
	}
	return c.record(in, f, log, []engine.FindingEvent{e})
}

// command is what the flags ask for. Without an id of its own it gets one made
// of what it says, so that asking twice is asking once.
func (c *findingStepCommand) command(kind string, x engine.Finding) (engine.Command, error) {
	out := engine.Command{ID: c.CommandID, Kind: kind, By: c.By, At: c.At.UTC(), Version: c.Seen, Fields: map[string]string{}}
	for _, pair := range c.Set {
		name, value, ok := strings.Cut(pair, "=")
		if _, twice := out.Fields[name]; !ok || twice {
			return out, refuse("--set 要写成“名称=内容”，每个名称一次，而不是“%s”", "--set is written FIELD=TEXT, each field once, not %q", pair)
		}
		out.Fields[name] = value
	}
	for _, pair := range c.Party {
		kind, id, ok := strings.Cut(pair, ":")
		if !ok {
			return out, refuse("--party 要写成“类别:编号”，如 department:保洁部，而不是“%s”", "--party is written KIND:ID, such as department:cleaning, not %q", pair)
		}
		out.Parties = append(out.Parties, engine.Party{Kind: kind, ID: id})
	}
	for _, name := range c.Attach {
		data, err := os.ReadFile(name)
		if err != nil {
			return out, unreadable(name, err)
		}
		sum := sha256.Sum256(data)
		out.Attachments = append(out.Attachments, engine.Attachment{SHA256: hex.EncodeToString(sum[:]), Name: filepath.Base(name)})
	}
	if out.ID == "" {
		said := out
		said.Version = 0
		data, err := json.Marshal([]any{"chk finding", x.ID, said})
		if err != nil {
			return out, fmt.Errorf("naming the command: %w", err)
		}
		sum := sha256.Sum256(data)
		out.ID = hex.EncodeToString(sum[:])
	}
	if out.Version == 0 {
		out.Version = x.Version
	}
	return out, nil
}
