verify=None
