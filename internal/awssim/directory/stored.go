// This file gives the form in which trust policies are stored and shown:
// principals as unique IDs inside, as ARNs outside while their owner exists.
package directory

import (
	"regexp"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/grammar"
)

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// StoreTrust checks a trust policy for a role of account a and gives the form
// in which it is stored.
func (d *Directory) StoreTrust(a *Account, text string) (string, error) {
	return grammar.MapPrincipals(text, d.storing(a))
}

func (d *Directory) storing(a *Account) grammar.Principals {
	return func(kind, value string) (string, bool) {
		switch kind {
		case "AWS":
			return d.StorePrincipal(a.Partition, value)
		case "Service":
			return value, grammar.IsService(value)
		case "Federated":
			return value, strings.HasPrefix(value, "arn:"+a.Partition+":iam::") || strings.Contains(value, ".")
		}
		return "", false
	}
}

// StoreKeyPolicy checks a key policy for a key of account a and gives the form
// in which it is stored; resolved is false when only its principals are wrong.
func (d *Directory) StoreKeyPolicy(a *Account, text string) (stored string, resolved bool, err error) {
	resolved = true
	store := d.storing(a)
	stored, err = grammar.MapKeyPrincipals(text, func(kind, value string) (string, bool) {
		mapped, ok := store(kind, value)
		resolved = resolved && ok
		return mapped, ok
	})
	return stored, resolved, err
}

// ShowKeyPolicy gives a stored key policy as KMS shows it.
func (d *Directory) ShowKeyPolicy(stored string) (string, error) {
	return grammar.MapKeyPrincipals(stored, func(_, value string) (string, bool) { return d.ShowPrincipal(value), true })
}

// ShowTrust gives a stored trust policy as IAM shows it: the unique ID of a
// deleted principal stays as it is.
func (d *Directory) ShowTrust(stored string) (string, error) {
	return grammar.MapPrincipals(stored, func(_, value string) (string, bool) { return d.ShowPrincipal(value), true })
}

// ShowPrincipal gives a stored principal as AWS shows it: as an ARN while its
// owner exists.
func (d *Directory) ShowPrincipal(stored string) string {
	if !IsUniqueID(stored) {
		return stored
	}
	if arn, ok := d.ARNOf(stored); ok {
		return arn
	}
	return stored
}

// StorePrincipal resolves one principal of kind AWS; it is false for one that
// names nobody or somebody of another partition: AWS knows no principals across
// partitions.
func (d *Directory) StorePrincipal(partition, value string) (string, bool) {
	if value == "*" {
		return value, true
	}
	if IsUniqueID(value) {
		_, exists := d.ARNOf(value)
		return value, exists
	}
	if accountID.MatchString(value) {
		a := d.accounts[value]
		if a == nil || a.Partition != partition {
			return "", false
		}
		return a.RootARN(), true
	}
	if !strings.HasPrefix(value, "arn:"+partition+":") {
		return "", false
	}
	if id, ok := d.Resolve(value); ok {
		return id, true
	}
	return value, d.isRoot(value) || d.isSession(value)
}

func (d *Directory) isRoot(arn string) bool {
	account, kind, _ := splitIAM(arn)
	a := d.accounts[account]
	return a != nil && kind == "root" && a.RootARN() == arn
}

// isSession tells whether an ARN names a session of a role that exists.
func (d *Directory) isSession(arn string) bool {
	fields := strings.SplitN(arn, ":", 6)
	if len(fields) != 6 || fields[2] != "sts" || d.accounts[fields[4]] == nil {
		return false
	}
	parts := strings.Split(fields[5], "/")
	if len(parts) != 3 || parts[0] != "assumed-role" || strings.ContainsAny(parts[2], "*?") {
		return false
	}
	r := d.accounts[fields[4]].Roles[Fold(parts[1])]
	return r != nil && r.Name == parts[1]
}
