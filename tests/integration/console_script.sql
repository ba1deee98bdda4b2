-- 模型版本管理脚本（控制台）；full-width characters：＇＂；“引号” and a quote that's alone
SET odps.sql.type.system.odps2=true;
set odps.sql.decimal.odps2 = true ; -- 打开 DECIMAL
SET odps.sql.timezone=Asia/Shanghai;
SET odps.stage.mapper.split.size=256;
SET odps.sql.split.size={"table1": 1024, "table2": 512};
SET odps.no.such.flag=1;

create model if not exists 情感_demo with version v1
INPUT(f1 bigint) with options (model_source_type = 'IMPORT', model_type = 'BOOSTED_TREE_CLASSIFIER', location = 'oss://oss-cn-shanghai-internal.aliyuncs.com/b/p/', rolearn = 'acs:ram::139:role/r');
--; 一条注释；
CREATE MODEL IF NOT EXISTS PAI_EAS_Demo
WITH VERSION v1
INPUT(文本 STRING COMMENT "输入；'文本'", 长度 BIGINT comment '字符数;', `价格` DECIMAL(10,2), ts TIMESTAMP)
WITH OPTIONS(
    MODEL_SOURCE_TYPE = 'REMOTE',   -- 远程模型
    "MODEL_TYPE" = "MLLM",
    TASKS = 'text-generation',
    PAI_EAS_MODEL_NAME = "Qwen2.5-Omni-3B",
    PAI_EAS_SERVICE_NAME = 'test_remote_model',
    ENDPOINT = 'http://11261230.cn-shanghai.pai-eas.aliyuncs.com',
    APIKEY = "ZjA5NGRjN2VjOTZiMTZmZTQ1MThkMGE4ZmUyNj==",
    PAI_EAS_SYNC_MODE = 'true'
)
COMMENT "PAI EAS 模型；版本一: it's 'ready'";

ALTER MODEL pai_eas_demo ADD VERSION v2 INPUT(url STRING, promt STRING)
WITH OPTIONS(TASKS='text-generation', PAI_EAS_MODEL_NAME='Qwen2.5-Omni-3B', PAI_EAS_SERVICE_NAME='test_remote_model',
ENDPOINT='http://11261230.cn-shanghai.pai-eas.aliyuncs.com', APIKEY='ZjA5NGRjN2VjMmU0OTZmZTQ1MThjBhMmEzYw==', PAI_EAS_SYNC_MODE='true')
COMMENT '版本二';;
ALTER MODEL pai_eas_demo SET DEFAULT_VERSION v2;
DESC MODEL pai_eas_demo;
SET odps.sql.type.system.odps2=false;
ALTER MODEL pai_eas_demo ADD VERSION v3 INPUT(a INT, b TIMESTAMP)
OPTIONS(TASKS='chat', PAI_EAS_MODEL_NAME='m', PAI_EAS_SERVICE_NAME='s', ENDPOINT='http://e', APIKEY='k', PAI_EAS_SYNC_MODE='true');
SHOW FLAGS;
SHOW MODELS; -- 结束
