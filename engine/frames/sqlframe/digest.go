package sqlframe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// largest bounds what PostgreSQL puts into one value, in bytes, well below the
// gigabyte that it allows.
const largest = 900 << 20

// Digest implements sampling.Index.
func (x *index) Digest(ctx context.Context) (string, error) {
	if x.bare {
		return "", nil
	}
	id := x.dialect.text(x.id)
	columns := append([]string{id}, x.texts()...)
	if x.dialect == PostgreSQL {
		line := x.dialect.bytes(x.dialect.joined(columns) + " || chr(10)")
		var all int64
		err := each(ctx, x.db, "SELECT COALESCE(SUM(octet_length("+line+")), 0)"+x.from, x.args, 1, func(cells []any) (err error) {
			all, err = integer(cells[0])
			return err
		})
		if err != nil {
			return "", err
		}
		if all <= largest {
			digest := ""
			query := "SELECT encode(sha256(COALESCE(string_agg(" + line + ", '' ORDER BY " + x.dialect.bytes(id) + "), '')), 'hex')" + x.from
			err := each(ctx, x.db, query, x.args, 1, func(cells []any) error {
				digest, _ = text(cells[0])
				return nil
			})
			return digest, err
		}
	}
	hash, rows := sha256.New(), int64(0)
	query := "SELECT " + strings.Join(columns, ", ") + x.from + " ORDER BY " + x.dialect.key(id, longest)
	err := each(ctx, x.db, query, x.args, len(columns), func(cells []any) error {
		rows++
		for i, cell := range cells {
			value, ok := text(cell)
			if !ok {
				return fmt.Errorf("the driver gives texts as %T", cell)
			}
			end := "\t"
			if i == len(cells)-1 {
				end = "\n"
			}
			_, _ = io.WriteString(hash, value+end)
		}
		return nil
	})
	if err == nil && rows != x.population {
		err = fmt.Errorf("%d rows were counted and %d came; run the queries in one transaction", x.population, rows)
	}
	return hex.EncodeToString(hash.Sum(nil)), err
}
