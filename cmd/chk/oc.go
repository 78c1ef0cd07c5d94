package main

import (
	"bytes"
	"fmt"
	"math/big"
	"strings"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/internal/atomicfile"
	"github.com/pinjian/pinjian/sampling/acceptance"
	"github.com/pinjian/pinjian/sampling/estimate"
)

type ocCommand struct {
	Sizes      []int64 `arg:"" optional:"" name:"size" help:"${oc_sizes_help}"`
	Accept     int64   `help:"${oc_accept_help}" default:"0"`
	Population int64   `help:"${oc_population_help}" default:"0"`
	Confidence string  `help:"${oc_confidence_help}" default:"95%"`
	Limit      string  `help:"${oc_limit_help}" placeholder:"5%" xor:"plan"`
	Good       string  `help:"${oc_good_help}" placeholder:"1%" and:"points" xor:"plan"`
	Bad        string  `help:"${oc_bad_help}" placeholder:"10%" and:"points"`
	AQL        string  `name:"aql" help:"${oc_aql_help}" placeholder:"1.0" and:"table" xor:"plan"`
	Lot        int64   `help:"${oc_lot_help}" placeholder:"N" and:"table"`
	Level      string  `help:"${oc_level_help}" default:"II"`
	Severity   string  `help:"${oc_severity_help}" default:"normal"`
	Edition    string  `help:"${oc_edition_help}" default:"GB/T 2828.1-2012"`
	SVG        string  `name:"svg" help:"${oc_svg_help}" placeholder:"FILE"`
}

// proof is the JSON of what one plan proves. Rates and probabilities are exact
// decimals in percent: bounds are rounded away from what was seen,
// probabilities to the nearest.
type proof struct {
	Size       int64        `json:"size"`
	Accept     int64        `json:"accept"`
	Reject     int64        `json:"reject"`
	Letter     *string      `json:"letter"`
	Population int64        `json:"population"`
	Confidence string       `json:"confidence"`
	Bounds     []bound      `json:"bounds"`
	Curve      []curvePoint `json:"curve"`
}

// bound says that after so many failures the true rate is at most AtMost.
type bound struct {
	Failures int64  `json:"failures"`
	AtMost   string `json:"atMost"`
}

// curvePoint is the probability of accepting a population of this quality.
type curvePoint struct {
	Failing  string `json:"failing"`
	Accepted string `json:"accepted"`
	shown    string // rounded to what a reader takes in
}

// Run shows what each plan proves.
func (o *ocCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	confidence, err := fraction("--confidence", o.Confidence, false)
	if err != nil {
		return err
	}
	plans, err := o.plans(confidence)
	if err != nil {
		return explainSampling(err)
	}
	if o.SVG != "" && len(plans) != 1 {
		return refuse("一张图只画一个方案，请只写一个样本量", "a chart shows one plan, give one size")
	}
	if o.SVG != "" {
		if err := o.chart(in, plans[0]); err != nil || o.SVG == "-" {
			return err
		}
	}
	proofs := []proof{}
	for _, p := range plans {
		proved, err := o.prove(p, confidence)
		if err != nil {
			return explainSampling(err)
		}
		proofs = append(proofs, proved)
	}
	if in.format == "json" {
		return in.json(proofs)
	}
	for i, p := range proofs {
		if i > 0 {
			_, _ = fmt.Fprintln(in.stdout)
		}
		if err := p.write(in); err != nil {
			return err
		}
	}
	return nil
}

// plans are those of the sizes, or the one that was asked for by what it is to
// achieve.
func (o *ocCommand) plans(confidence *big.Rat) ([]acceptance.Plan, error) {
	var plans []acceptance.Plan
	for _, n := range o.Sizes {
		plans = append(plans, acceptance.Plan{SampleSize: n, AcceptanceNumber: o.Accept})
	}
	switch {
	case o.Limit != "":
		limit, err := fraction("--limit", o.Limit, false)
		if err != nil {
			return nil, err
		}
		p, err := acceptance.SizeByRisk(acceptance.Target{Limit: limit, AcceptanceNumber: o.Accept, Confidence: confidence, Population: o.Population})
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	case o.Good != "":
		good, err := fraction("--good", o.Good, false)
		if err != nil {
			return nil, err
		}
		bad, err := fraction("--bad", o.Bad, false)
		if err != nil {
			return nil, err
		}
		p, err := acceptance.FindPlan(acceptance.Requirement{ProducerQuality: good, ConsumerQuality: bad, Population: o.Population})
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	case o.AQL != "":
		p, err := o.lookUp()
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	if len(plans) == 0 {
		return nil, refuse("请写样本量，或 --limit，或 --good 与 --bad，或 --aql 与 --lot", "give a size, or --limit, or --good and --bad, or --aql and --lot")
	}
	return plans, nil
}

// lookUp takes the plan from the tables. A lot no larger than the sample is
// inspected whole.
func (o *ocCommand) lookUp() (acceptance.Plan, error) {
	severity, err := acceptance.ParseSeverity(o.Severity)
	if err != nil {
		return acceptance.Plan{}, err
	}
	choice, err := acceptance.ForLot(o.Edition, o.Lot, o.Level, o.AQL, severity)
	if err != nil {
		return acceptance.Plan{}, err
	}
	p := choice.Plan
	p.SampleSize = choice.Inspect
	return p, nil
}

// shown are the shares of failing units of which the curve is tabulated.
var shown = []int64{1, 2, 5, 10, 15, 20, 30, 50}

func (o *ocCommand) prove(p acceptance.Plan, confidence *big.Rat) (proof, error) {
	out := proof{
		Size: p.SampleSize, Accept: p.AcceptanceNumber, Reject: p.RejectionNumber(), Population: o.Population,
		Confidence: percent(confidence), Bounds: []bound{}, Curve: []curvePoint{},
	}
	if p.Letter != "" {
		out.Letter = &p.Letter
	}
	if err := p.Check(o.Population); err != nil {
		return out, err
	}
	if p.Model == acceptance.Nonconforming {
		proved, err := estimate.Prove(p.SampleSize, o.Population, confidence, min(p.AcceptanceNumber+2, p.SampleSize))
		if err != nil {
			return out, err
		}
		for failures, b := range proved.Bounds {
			out.Bounds = append(out.Bounds, bound{int64(failures), b.Percent(2)})
		}
	}
	last := ""
	for _, share := range shown {
		quality := big.NewRat(share, 100)
		if o.Population > 0 { // only whole units can fail
			failing := new(big.Rat).Mul(quality, big.NewRat(o.Population, 1))
			up := new(big.Int).Add(failing.Num(), new(big.Int).Sub(failing.Denom(), big.NewInt(1)))
			quality.SetFrac(up.Quo(up, failing.Denom()), big.NewInt(o.Population))
		}
		probability, err := p.AcceptanceProbability(quality, o.Population)
		if err != nil {
			return out, err
		}
		point := curvePoint{percent(quality), shift(probability.Decimal(8), 6), rounded(probability)}
		if point.Failing != last {
			out.Curve = append(out.Curve, point)
		}
		last = point.Failing
	}
	return out, nil
}

// percent writes a fraction in percent, rounded to two places.
func percent(r *big.Rat) string {
	s := new(big.Rat).Mul(r, big.NewRat(100, 1)).FloatString(2)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// shift writes a decimal of 0 to 1 in percent.
func shift(decimal string, places int) string {
	r, _ := new(big.Rat).SetString(decimal)
	return new(big.Rat).Mul(r, big.NewRat(100, 1)).FloatString(places)
}

// rounded writes a probability in percent with two places, and never as
// certain or impossible when it isn't.
func rounded(p acceptance.Probability) string {
	s := shift(p.Decimal(4), 2)
	switch {
	case s == "0.00" && p.Compare(new(big.Rat)) > 0:
		return "<0.01%"
	case s == "100.00" && p.Compare(big.NewRat(1, 1)) < 0:
		return ">99.99%"
	}
	return s + "%"
}

func (p proof) write(in *invocation) error {
	whole := sayf("总体 %d 个", "of a population of %d", p.Population)
	if p.Population == 0 {
		whole = words("连续的过程", "of a continuing process")
	}
	title := sayf("抽 %[1]d 个，不合格至多 %[2]d 个接收，%[3]d 个起拒收", "inspect %[1]d, accept with at most %[2]d failing, reject from %[3]d", p.Size, p.Accept, p.Reject)
	if p.Letter != nil {
		title = words("样本量字码 "+*p.Letter+"："+title.ZH, "code letter "+*p.Letter+": "+title.EN)
	}
	in.say(words(title.ZH+"（"+whole.ZH+"）", title.EN+" ("+whole.EN+")"))
	if len(p.Bounds) > 0 {
		t := table{indent: "  ", rows: [][]string{{words("发现不合格", "failures seen").In(in.lang), sayf("真实不合格率至多（把握 %s%%）", "true failure rate at most (%s%% confidence)", p.Confidence).In(in.lang)}}}
		for _, b := range p.Bounds {
			t.rows = append(t.rows, []string{fmt.Sprint(b.Failures), b.AtMost + "%"})
		}
		if err := t.write(in.stdout); err != nil {
			return err
		}
	}
	t := table{indent: "  ", rows: [][]string{{words("真实不合格率", "true failure rate").In(in.lang), words("被接收的概率", "accepted with").In(in.lang)}}}
	for _, c := range p.Curve {
		t.rows = append(t.rows, []string{c.Failing + "%", c.shown})
	}
	return t.write(in.stdout)
}

// chart draws the operating characteristic curve.
func (o *ocCommand) chart(in *invocation, p acceptance.Plan) error {
	options := acceptance.CurveOptions{Language: acceptance.English, Population: o.Population}
	if in.lang == checklang.Chinese {
		options.Language = acceptance.Chinese
	}
	var b bytes.Buffer
	if err := acceptance.WriteCurve(&b, p, options); err != nil {
		return explainSampling(err)
	}
	if o.SVG == "-" {
		_, err := in.stdout.Write(b.Bytes())
		return err
	}
	if err := atomicfile.Write(o.SVG, b.Bytes()); err != nil {
		return unwritable(o.SVG, err)
	}
	return nil
}
