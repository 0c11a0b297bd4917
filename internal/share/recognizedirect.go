package share

// This file reads shares without a role back. There is nothing but our statements that could tell of them.

// recognizeDirect reads a share from its statements in the bucket policy and from what its keys have of it.
func recognizeDirect(spec Spec, observed Observed) (recognized Spec, ok bool) {
	statements := observed.DirectStatements(spec)
	if len(statements) == 0 {
		return spec, false
	}
	spec.Via, spec.BucketPolicyMode, spec.Exclusive = ViaDirect, OwnStatements, true
	spec.MaxSessionDuration = DefaultMaxSessionDuration
	spec, ok = recognizeConsumer(spec, statements)
	spec.Consumer.AttachToRoles = observed.attachedRoles()
	spec = recognizeGrants(spec, statements)
	spec.KMSKeys, spec.KMSAccess = observed.KeysInUse(spec), KeyPolicies
	used := false
	for _, key := range observed.Keys {
		used = used || len(key.Statements(spec)) > 0
		if len(key.Grants) > 0 {
			spec.KMSAccess, used = KeyGrants, true
		}
	}
	if !used && len(spec.KMSKeys) > 0 {
		spec.KMSAccess = NoKeyAccess
	}
	return spec.Normalized(), ok
}

// KeysInUse are the keys that have something of the share, or that policies of the consumer's roles name.
func (o Observed) KeysInUse(spec Spec) []KeyARN {
	var keys []KeyARN
	for _, consumer := range o.Consumer {
		if consumer.Document != nil {
			keys = append(keys, recognizeKeys(consumer.Document.Statements())...)
		}
	}
	for _, key := range o.Keys {
		if len(key.Statements(spec))+len(key.Grants) > 0 {
			keys = append(keys, key.ARN)
		}
	}
	return sortKeys(keys)
}
