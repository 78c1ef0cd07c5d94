package sampling

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Table gives sizes by population, under a name and an edition, because two editions of one table are two tables. Name
// and Edition are recorded with every draw. The package has no table of its own: the owner of a standard supplies it.
type Table struct {
	Name    string `json:"name"`
	Edition string `json:"edition,omitempty"`
	// Rows are in rising order of population.
	Rows []TableRow `json:"rows"`
}

// TableRow says that Size units are drawn from populations From to To, both included; To 0 means without end.
type TableRow struct {
	From int64 `json:"from"`
	To   int64 `json:"to,omitempty"`
	Size int64 `json:"size"`
}

// Check refuses a table that can't be planned by: without rows ("table not supplied"), with a hole or an overlap between
// rows, not starting at a population of 1 (or 0), with sizes that fall while populations grow, or asking for more
// units than the smallest population of a row holds. All mistakes are reported, joined in the order of rows, each an
// [*Error] with the row's place.
func (t Table) Check() error {
	if len(t.Rows) == 0 {
		return refuse("table-not-supplied", t.path(-1), "load the rows of the owner's table; there is no default", "the table has no rows")
	}
	var all []error
	for i, r := range t.Rows {
		path := t.path(i)
		if r.From < 0 || r.To < 0 || (r.To != 0 && r.To < r.From) {
			all = append(all, refuse("table-range", path, "write the smaller population first", "populations %d to %d are no range", r.From, r.To))
		}
		if r.Size < 1 {
			all = append(all, refuse("table-size", path, "give 1 or more", "the size is %d", r.Size))
		}
		if lowest := max(r.From, 1); r.Size > lowest {
			all = append(all, refuse("table-size-over-population", path,
				fmt.Sprintf("begin the row at %d and draw all units of smaller populations, or lower the size", r.Size),
				"%d units can't be drawn from a population of %d", r.Size, lowest))
		}
		if i == 0 {
			if r.From > 1 {
				all = append(all, refuse("table-gap", path, "add a row that begins at 1", "populations 1 to %d have no size", r.From-1))
			}
			continue
		}
		before := t.Rows[i-1]
		switch {
		case before.To == 0 || r.From <= before.To:
			all = append(all, refuse("table-overlap", path, "let every row begin one above the end of the row before",
				"population %d belongs to the row before as well", r.From))
		case r.From > before.To+1:
			all = append(all, refuse("table-gap", path, "let every row begin one above the end of the row before",
				"populations %d to %d have no size", before.To+1, r.From-1))
		}
		if r.Size < before.Size {
			all = append(all, refuse("table-falling", path, "let sizes grow with the population, or check which rows were swapped",
				"the size falls from %d to %d while the population grows", before.Size, r.Size))
		}
	}
	return errors.Join(all...)
}

// Digest identifies the content: SHA-256 over name, edition and rows, in hexadecimal.
func (t Table) Digest() string {
	var b strings.Builder
	b.WriteString(drawID("table", t.Name, t.Edition))
	for _, r := range t.Rows {
		fmt.Fprintf(&b, "\n%d\t%d\t%d", r.From, r.To, r.Size)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

func (t Table) path(row int) string {
	name := "size.table"
	if t.Name != "" {
		name += " " + quoted(t.Name)
	}
	if row < 0 {
		return name
	}
	return fmt.Sprintf("%s row %d", name, row+1)
}

// lookup finds the size for a population in a table that Check accepted.
func (t Table) lookup(population int64) (int64, error) {
	for _, r := range t.Rows {
		if r.From <= population && (r.To == 0 || population <= r.To) {
			return r.Size, nil
		}
	}
	return 0, refuse("table-gap", t.path(-1), "add a row for it", "a population of %d has no size", population)
}
