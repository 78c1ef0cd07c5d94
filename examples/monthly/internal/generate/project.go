package generate

// project is one inspected project: its size and how often it breaks which rule.
type project struct {
	id      string
	reports int // what customers said, in one or both ledgers
	site    site
	quotas  [faults]int // how many orders carry each fault
	// Parts of the quotas that take the harder form: an order never dispatched at all, nobody ever reporting arrival.
	neverDispatched, neverKept, neverArrived int
}

// projects has one project with a careless front desk and slow technicians, one whose technicians are prompt but whose
// calls back are not, and one that does everything right.
var projects = []project{
	{
		id: "P1", reports: 872, site: site{buildings: 12, units: 2, floors: 18, rooms: 4},
		quotas: [faults]int{
			unregistered: 50, notEntered: 46, backfilled: 54, registerIncomplete: 66, systemIncomplete: 48, differing: 58,
			lateDispatch: 78, lateAppointment: 16, lateArrival: 72, noContact: 38, noCompletionTime: 52, noSignature: 60,
			noCallback: 52, noScore: 56, lateCallback: 48, earlyCallback: 44, noonCallback: 50, nightCallback: 44,
			notToHead: 30, notToSupervisor: 14, notToManager: 9, notToArea: 6, notToCenter: 3,
		},
		neverDispatched: 6, neverKept: 3, neverArrived: 14,
	},
	{
		id: "P2", reports: 861, site: site{buildings: 8, units: 3, floors: 26, rooms: 3},
		quotas: [faults]int{
			unregistered: 44, notEntered: 50, backfilled: 48, registerIncomplete: 50, systemIncomplete: 58, differing: 60,
			lateDispatch: 44, lateAppointment: 12, lateArrival: 0, noContact: 27, noCompletionTime: 45, noSignature: 57,
			noCallback: 61, noScore: 64, lateCallback: 58, earlyCallback: 52, noonCallback: 60, nightCallback: 50,
			notToHead: 22, notToSupervisor: 11, notToManager: 8, notToArea: 5, notToCenter: 2,
		},
		neverDispatched: 4, neverKept: 2,
	},
	{id: "P3", reports: 806, site: site{buildings: 15, units: 2, floors: 11, rooms: 2}},
}
