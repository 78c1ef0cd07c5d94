package checklang

import (
	"sync"

	"github.com/pinjian/pinjian/checklang/parser"
)

// Cache keeps the parsed declarations of directories between Loads, so that
// after an edit only the declarations it touched are parsed anew. It changes
// nothing of what a Load returns: trees, diagnostics and digests are those of
// a Load without it, since a declaration is known by its text alone. A Cache
// holds what the last Load of each directory used, about as much as the
// Checked of that Load, and nothing older; a host that opens and closes many
// directories gives each a Cache of its own. The zero Cache is empty and
// ready. It is safe for concurrent use.
type Cache struct {
	mutex sync.Mutex
	// directories hold the files that took part, imported ones too, by path.
	directories map[string]map[string]*parser.Cache
}

func (c *Cache) last(dir string) map[string]*parser.Cache {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.directories[dir]
}

func (c *Cache) keep(dir string, files map[string]*parser.Cache) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.directories == nil {
		c.directories = map[string]map[string]*parser.Cache{}
	}
	c.directories[dir] = files
}
